import { expect, test } from 'vitest'
import type { HttpReply } from '../../../../../../src/main/ports/http-client.ts'
import type { RunbookSetting } from '../../../../../../src/main/ports/runbook.ts'
import { kindlingRunbooks } from '../../../../../../src/main/systems/kindling/runbooks/runbooks.ts'
import type { Run } from '../../../../../../src/shared/contract/runbooks.ts'
import { fakeSession } from '../../../../../fakes/session.ts'
import { memoryStore } from '../../../../../fakes/memory-store.ts'
import { labVolume } from '../../../../../lab/kindling.ts'
import {
  begun,
  goThrough,
  never,
  openRunbookDesk,
  rested,
  startRun,
} from '../../../../../support/runbook-runs.ts'

const project = '00000000-0000-4000-8000-000000000021'
const volumeId = '00000000-0000-4000-8000-000000000011'
const setting: RunbookSetting = {
  cluster: {
    name: 'eu',
    system: 'kindling',
    connection: { hosts: ['admin@kindling-1'], api: ['https://api'], token: 'token' },
  },
  inputs: { project, server: '' },
}

interface Row {
  readonly id: string
  readonly status: string
  readonly size_bytes: number
  readonly kind: string
  readonly completed_at: string
}

const row = (id: string, completedAt: string): Row => ({
  id,
  kind: 'manual',
  status: 'succeeded',
  size_bytes: labVolume().byteLength,
  completed_at: completedAt,
})

/** One volume, whose operations are over as soon as they are asked for. `own`: what is told of it; null: it is deleted. */
async function deskWith(own: object | null, kept: readonly string[]) {
  const rows = kept.map((id, place) => row(id, `2026-11-${String(19 - place)}T02:00:00Z`))
  const store = memoryStore()
  for (const { id } of rows) await store.put(`project-volumes/${volumeId}/backups/${id}.qcow2`, labVolume())
  const asked: string[] = []
  const answerTo = (method: string, last: string): { readonly status: number; readonly body: unknown } => {
    if (method === 'POST') {
      asked.push(last)
      const isBackup = last === 'backups'
      if (isBackup) rows.unshift(row('new', new Date(Date.now() + 1000).toISOString()))
      const kind = isBackup ? 'backup' : 'restore'
      return { status: 202, body: { id: 'op', kind, status: 'pending', backup_id: 'new' } }
    }
    if (own === null) return { status: 404, body: { code: 'not_found' } }
    if (last === 'backups') return { status: 200, body: rows }
    const usual = {
      id: volumeId,
      project_id: project,
      server_id: 's-1',
      status: 'detached',
      health: 'healthy',
    }
    // Of a restore that was asked for: it is over, and the volume is well.
    return { status: 200, body: { ...usual, ...(asked.includes('restore') ? {} : own) } }
  }
  const desk = await openRunbookDesk({
    runbooks: kindlingRunbooks.filter(({ id }) => id === 'KD-6'),
    session: (signal) =>
      fakeSession({ name: 'eu', system: 'kindling' }, signal, {
        token: async () => Promise.resolve('knd_key'),
        repository: async () => Promise.resolve(store),
        http: async () =>
          Promise.resolve({
            async send({ method, path }): Promise<HttpReply> {
              const { status, body } = answerTo(method, path.slice(path.lastIndexOf('/') + 1))
              return Promise.resolve({
                status,
                header: () => null,
                text: JSON.stringify(body),
                origin: 'https://api',
              })
            },
            close: async () => undefined,
          }),
      }),
  })
  return { desk, asked }
}

async function goes(own: object | null, kept: readonly string[] = ['old']) {
  const { desk, asked } = await deskWith(own, kept)
  const run = await goThrough(desk, await startRun(desk, 'KD-6', setting), ({ id }) =>
    id === 'choose-backup' ? { kind: 'choose', option: kept.at(-1) ?? '' } : null,
  )
  const stepOf = (id: string): Run['list'][number] | undefined => run.list.find((step) => step.id === id)
  return { run, stepOf, asked }
}

test('the disk is kept in a backup before a volume is restored over it', async () => {
  const { stepOf, asked, run } = await goes({})
  expect(stepOf('safety-backup')).toMatchObject({
    state: 'done',
    sentence: 'The disk is kept in the backup new.',
  })
  expect(asked).toEqual(['backups', 'restore'])
  expect(run.current).toBeNull()
})

test('a disk that kindling says is gone is not kept, and it is restored all the same', async () => {
  for (const own of [{ health: 'missing' }, { health: 'corrupt' }, { server_id: null }]) {
    const { stepOf, asked } = await goes(own)
    expect(stepOf('safety-backup')?.state).toBe('notNeeded')
    expect(asked).toEqual(['restore'])
  }
})

test('a safety backup that would delete the chosen one is not taken', async () => {
  const { stepOf, asked } = await goes({ backup_policy: { retention_count: 3 } }, ['c', 'b', 'a'])
  expect(stepOf('safety-backup')).toMatchObject({
    state: 'failed',
    sentence: expect.stringContaining('one more would delete the chosen one'),
    next: expect.stringContaining('backup_retention_count'),
  })
  expect(asked).toEqual([])
  const roomy = await goes({ backup_policy: { retention_count: 4 } }, ['c', 'b', 'a'])
  expect(roomy.asked).toEqual(['backups', 'restore'])
})

test('a volume that was deleted is to be created again before anything is chosen, and nothing deployed', async () => {
  const { run, stepOf } = await goes(null)
  expect(run.current).toBe('volume')
  expect(stepOf('volume')?.next).toMatch(/mount path that it had .* makes a blank disk/)
})

test.each([
  ['2026-11-18T12:00:00Z', 'old', 'It was made after the failure: it may hold what went wrong.'],
  ['2026-11-20T00:00:00Z', 'new', '22\u00a0h\u00a000\u00a0m of changes are lost.'],
])('the newest backup of before the failure is advised (%s)', async (failedAt, advised, ofNewest) => {
  const { desk } = await deskWith({}, ['new', 'old'])
  const { id } = await desk.runner.start({ ...begun('KD-6', setting), failedAt })
  await rested(desk.runner, id)
  const asking = await desk.runner.ask(id, 'choose-backup', never)
  const options = asking?.kind === 'choice' ? asking.options : []
  expect(options.filter((option) => option.advised).map((option) => option.id)).toEqual([advised])
  expect(options[0]?.says).toContain(ofNewest)
})
