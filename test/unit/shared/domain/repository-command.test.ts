import { describe, expect, test } from 'vitest'
import { repositoryCommand } from '../../../../src/shared/domain/repository-command.ts'

const access = {
  credential: { source: 'vault', id: 'reader' },
  caFile: null,
  allowHttp: false,
  sshKeyFiles: [],
  hostKey: null,
  maxBytesPerSecond: null,
} as const
const folder = { address: 'file:///backups', system: 'kiok', access }

describe('The command for what is done with a saved repository', () => {
  test('names the place', () => {
    expect(repositoryCommand('posture', folder)).toBe(
      'holdfast posture --repository file:///backups --system kiok',
    )
  })

  test('reaches the repository by the way that is saved for it, and never carries a secret', () => {
    const reached = {
      address: 's3://bucket/?endpoint=http://10.0.0.7:9000&style=path',
      system: 'chango',
      access: {
        ...access,
        credential: { source: 'profile', profile: 'backup reader' },
        caFile: '/etc/ssl/own.pem',
        allowHttp: true,
        maxBytesPerSecond: 500_000,
      },
    } as const
    expect(repositoryCommand('posture', reached)).toBe(
      "holdfast posture --repository 's3://bucket/?endpoint=http://10.0.0.7:9000&style=path' --system chango --profile 'backup reader' --ca-file /etc/ssl/own.pem --allow-http --max-rate 500000",
    )
    const host = { ...access, sshKeyFiles: ['/k1', '/k2'], hostKey: 'SHA256:abc' }
    expect(repositoryCommand('posture', { ...folder, access: host })).toContain(
      '--ssh-key /k1 --ssh-key /k2 --host-key SHA256:abc',
    )
  })
})
