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
  test('names the backups, the place and what is asked for', () => {
    expect(
      repositoryCommand('verify', folder, { backups: ['a', 'b'], options: ['--recheck'], hasKeys: true }),
    ).toBe('holdfast verify a b --repository file:///backups --system kiok --master-key-file FILE --recheck')
    expect(repositoryCommand('key-check', folder, { hasKeys: false })).toBe(
      'holdfast key-check --repository file:///backups --system kiok',
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
    expect(repositoryCommand('verify', reached, { options: ['--all'], hasKeys: false })).toBe(
      "holdfast verify --repository 's3://bucket/?endpoint=http://10.0.0.7:9000&style=path' --system chango --profile 'backup reader' --ca-file /etc/ssl/own.pem --allow-http --max-rate 500000 --all",
    )
    const host = { ...access, sshKeyFiles: ['/k1', '/k2'], hostKey: 'SHA256:abc' }
    expect(repositoryCommand('verify', { ...folder, access: host }, { hasKeys: false })).toContain(
      '--ssh-key /k1 --ssh-key /k2 --host-key SHA256:abc',
    )
  })

  test('a backup that is named like an option stays a backup', () => {
    expect(
      repositoryCommand('restore', folder, {
        backups: ['--rollback'],
        options: ['--target', '/t'],
        hasKeys: false,
      }),
    ).toBe('holdfast restore --repository file:///backups --system kiok --target /t -- --rollback')
  })
})
