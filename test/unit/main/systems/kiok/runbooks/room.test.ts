import { expect, test } from 'vitest'
import { systemClock } from '../../../../../../src/main/adapters/system/clock.ts'
import type { RunbookSetting, StepContext } from '../../../../../../src/main/ports/runbook.ts'
import { kiokRunbooks } from '../../../../../../src/main/systems/kiok/runbooks/runbooks.ts'
import { fakeHost } from '../../../../../fakes/remote-host.ts'
import { fakeSession } from '../../../../../fakes/session.ts'

const setting: RunbookSetting = {
  cluster: {
    name: 'etl',
    system: 'kiok',
    connection: { masters: ['http://kiok-1:8080'], hosts: ['ops@kiok-1', 'ops@kiok-2'], login: 'login' },
  },
  inputs: { installFolder: '/opt/kiok', s3Endpoint: 'https://s3', s3Bucket: 'backups' },
}

/** Of a backup of so many bytes, where the second host says this of its disk. */
async function room(id: string, sizeBytes: number | null, said: string) {
  const step = kiokRunbooks
    .find((each) => each.id === id)
    ?.steps(setting)
    .find((each) => each.id === 'room')
  if (step?.kind !== 'check') throw new Error(`${id} does not look for room`)
  const session = fakeSession({ name: 'etl', system: 'kiok' }, new AbortController().signal, {
    host: async (name) =>
      Promise.resolve(
        fakeHost(() => ({ stdout: name.endsWith('2') ? said : '1000000\n' }), { clock: systemClock, name }),
      ),
  })
  const recovery = { points: async () => Promise.resolve([{ backupId: 'b1', sizeBytes }]) }
  const context = { setting, session, recovery, known: new Map([['backup', 'b1']]), line: () => undefined }
  return step.look(context as unknown as StepContext)
}

test.each(['KI-3', 'KI-4', 'KI-5'])(
  '%s begins only with twice the room of the backup on every master',
  async (id) => {
    expect(await room(id, 1024 * 50, '100\n')).toMatchObject({ state: 'done' })
    expect(await room(id, 1024 * 50 + 1, '100\n')).toMatchObject({
      state: 'failed',
      sentence: expect.stringContaining('ops@kiok-2'),
      next: expect.stringContaining('Make room on ops@kiok-2'),
    })
    expect(await room(id, 1024, 'df: no such file\n')).toMatchObject({ state: 'notYet' })
    expect(await room(id, null, '100\n')).toMatchObject({ state: 'unknown' })
  },
)
