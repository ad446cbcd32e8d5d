import { beforeEach, expect, test } from 'vitest'
import { openPlace } from '../../../../src/main/desk/cluster-repository.ts'
import { openSession, type SessionPorts } from '../../../../src/main/desk/live/open-session.ts'
import { openSavedTarget } from '../../../../src/main/desk/open-saved-target.ts'
import type { Secrets } from '../../../../src/main/ports/secrets.ts'
import { sshValues } from '../../../../src/shared/contract/connection-fields.ts'
import { noAccess, type Access } from '../../../../src/shared/contract/repositories.ts'
import { memoryDeskState } from '../../../fakes/desk-state.ts'
import { givenSecrets } from '../../../fakes/secrets.ts'

const uses: string[] = []
beforeEach(() => {
  uses.length = 0
})

const secrets: Secrets = {
  ...givenSecrets({}),
  async noteElsewhere({ kind, place }, { subject, purpose }) {
    uses.push(`${kind}: ${place}, for ${subject}: ${purpose}`)
  },
  s3: async () => ({ accessKeyId: 'AK', secretAccessKey: 'a secret', sessionToken: null }),
}
const refuse = (): never => {
  throw new Error('Nothing is opened here.')
}
const ports = {
  secrets,
  state: memoryDeskState(),
  openHost: refuse,
  openTarget: refuse,
  openRemoteTarget: refuse,
}

test.for([
  ['s3://bucket/', { credential: { source: 'environment' } }, ['s3: AWS environment, for night: look']],
  [
    's3://bucket/',
    { credential: { source: 'profile', profile: 'backup' } },
    ['s3: AWS profile backup, for night: look'],
  ],
  // Its own use of the vault is another entry.
  ['s3://bucket/', { credential: { source: 'vault', id: 'pair' } }, []],
  ['sftp://ops@host/backups', { sshKeyFiles: ['/a', '/b'] }, ['sshKey: SSH key /a, /b, for night: look']],
  ['sftp://ops@host/backups', {}, ['sshKey: SSH agent and the keys of ~/.ssh, for night: look']],
  ['file:///srv/backups', { credential: { source: 'environment' } }, []],
] as const)('A saved repository at %s with %j has its use noted', async ([address, access, noted]) => {
  const saved = { id: 'r', name: 'night', system: 'kiok', address, access: accessWith(access) } as const
  await openPlace(saved, 'look', secrets)
  expect(uses).toEqual(noted)
})

function accessWith(access: {
  readonly credential?: Access['credential']
  readonly sshKeyFiles?: readonly string[]
}): Access {
  return { ...noAccess, ...access, sshKeyFiles: [...(access.sshKeyFiles ?? [])] }
}

test('The login on a host is noted before it is logged in to, also for a restore', async () => {
  const cluster = { name: 'night', system: 'chango', repositoryId: 'r', masterKeys: [] } as const
  const session = openSession(
    cluster,
    'probe',
    ports as unknown as SessionPorts,
    new AbortController().signal,
  )
  await expect(session.host('ops@host', sshValues.parse({ keyFiles: ['/k'] }))).rejects.toThrow()
  await session.close()
  await expect(openSavedTarget('ssh://ops@host/srv/data', null, ports)).rejects.toThrow()
  expect(uses).toEqual([
    'sshKey: SSH key /k, for night: probe',
    'sshKey: SSH agent and the keys of ~/.ssh, for ops@host: restore',
  ])
})
