import { expect, test } from 'vitest'
import type { HttpReply } from '../../../../../../src/main/ports/http-client.ts'
import type { StepContext } from '../../../../../../src/main/ports/runbook.ts'
import { compareVolumeBackups } from '../../../../../../src/main/systems/kindling/live/volume-backups.ts'
import type { Volumes } from '../../../../../../src/main/systems/kindling/live/volumes.ts'
import { kindlingRunbooks } from '../../../../../../src/main/systems/kindling/runbooks/runbooks.ts'
import { timeOf } from '../../../../../../src/main/systems/kindling/runbooks/wish.ts'
import type { RemoteHost } from '../../../../../../src/main/ports/remote-host.ts'
import { memoryStore } from '../../../../../fakes/memory-store.ts'
import { fakeSession } from '../../../../../fakes/session.ts'

const connection = {
  hosts: ['admin@kindling-1'],
  api: ['https://api'],
  token: 'token',
  dataFolder: '/var/lib/postgresql/15/main',
  stanza: 'main',
}

/** It can be logged in to, and knows no command. */
const host = {
  name: 'kindling-1',
  run: async () => Promise.resolve({ code: 127, signal: null, stdout: '', stderr: 'not found' }),
} as unknown as RemoteHost

function stepOf(id: string) {
  const cluster = { name: 'eu', system: 'kindling' as const, connection }
  const steps = kindlingRunbooks.find((each) => each.id === 'KD-1')?.steps({ cluster, inputs: {} }) ?? []
  const step = steps.find((each) => each.id === id)
  if (step === undefined || !('look' in step) || step.look === undefined) throw new Error(`there is no ${id}`)
  return { look: step.look.bind(step) }
}

test.each([
  ['KD-1', {}, true],
  ['KD-2', { time: '2026-11-20T01:55:00Z' }, true],
  ['KD-5', { run: 'run-0123456789ab' }, true],
  ['KD-3', { standby: 'admin@db-2' }, false],
])(
  '%s asks for access that came to life again where a past state was put back: %s %s',
  (id, inputs, asks) => {
    const cluster = { name: 'eu', system: 'kindling' as const, connection }
    const rows = kindlingRunbooks
      .find((each) => each.id === id)
      ?.steps({ cluster, inputs })
      .filter(({ section }) => section === 'accept')
    const row = rows?.find((each) => each.id === 'accept-revoked')
    expect(row?.kind === 'manual' && row.asks !== null).toBe(asks)
    expect(JSON.stringify(rows).includes('revoked')).toBe(asks)
  },
)

const administrator = { authenticated: true, platform_admin: true }
const settings = { public_base_url: 'https://kindling.example' }

/** How the row looks where the API says these of its key and of its settings. */
async function lookAtApi(key: readonly [number, unknown], meta: readonly [number, unknown]) {
  const session = fakeSession({ name: 'eu', system: 'kindling' }, new AbortController().signal, {
    token: async () => Promise.resolve('knd_key'),
    host: async () => Promise.resolve(host),
    http: async () =>
      Promise.resolve({
        async send({ path }): Promise<HttpReply> {
          const [status, body] = path === '/api/meta' ? meta : key
          const reply =
            path === '/healthz' ? { status: 200, text: 'ok' } : { status, text: JSON.stringify(body) }
          return Promise.resolve({ ...reply, header: () => null, origin: 'https://api' })
        },
        close: async () => undefined,
      }),
  })
  const context = { session, line: () => undefined } as unknown as StepContext
  return stepOf('accept-api').look(context)
}

test.each([
  ['is accepted', administrator, 200, 'done'],
  ['is gone with the backup', { code: 'unauthorized' }, 401, 'failed'],
  [
    'is of nobody who administers the platform',
    { authenticated: true, platform_admin: false },
    200,
    'failed',
  ],
])('the API is called right only where its key %s', async (_, body, status, state) => {
  expect(await lookAtApi([status, body], [200, settings])).toMatchObject({ state })
})

test('the API is called right only where it tells the settings of its database', async () => {
  const key = [200, administrator] as const
  expect(await lookAtApi(key, [200, settings])).toMatchObject({
    sentence: expect.stringContaining('address of the platform: https://kindling.example.'),
    evidence: expect.arrayContaining([
      { name: 'GET /api/meta public_base_url', value: 'https://kindling.example' },
    ]),
  })
  expect(await lookAtApi(key, [200, {}])).toMatchObject({ sentence: expect.stringContaining('not set.') })
  for (const meta of [
    [500, { error: 'no such column' }],
    [200, ['no settings']],
  ] as const) {
    await expect(lookAtApi(key, meta)).rejects.toThrow('The platform does not tell its settings.')
  }
})

test('a backup that ended before the database was opened is none of the new timeline', async () => {
  const opened = Date.parse('2026-11-20T10:00:00Z')
  const listed = (stop: string) => [
    {
      name: 'main',
      status: { code: 0, message: 'ok' },
      backup: [{ label: '20261120-095000F', type: 'full', timestamp: { stop: Date.parse(stop) / 1000 } }],
    },
  ]
  for (const [stop, state] of [
    ['2026-11-20T09:55:00Z', 'notYet'],
    ['2026-11-20T10:05:00Z', 'done'],
  ] as const) {
    const run = async () =>
      Promise.resolve({ code: 0, signal: null, stdout: JSON.stringify(listed(stop)), stderr: '' })
    const session = fakeSession({ name: 'eu', system: 'kindling' }, new AbortController().signal, {
      host: async () => Promise.resolve({ ...host, run } as unknown as RemoteHost),
    })
    const known = new Map([['database.openedMs', String(opened)]])
    const beganMs = Date.parse('2026-11-20T09:00:00Z')
    const context = { session, known, beganMs, line: () => undefined } as unknown as StepContext
    expect(await stepOf('full-backup').look(context)).toMatchObject({ state })
  }
})

const volume = { id: 'v1', project_id: 'p1', status: 'detached', health: 'healthy' }

async function compared(rows: readonly object[], objects: Readonly<Record<string, number>>) {
  const store = memoryStore()
  for (const [key, sizeBytes] of Object.entries(objects)) await store.put(key, new Uint8Array(sizeBytes))
  const volumes = {
    list: async () => Promise.resolve([{ project: 'shop', volume }]),
    backups: async () => Promise.resolve(rows),
  } as unknown as Volumes
  return compareVolumeBackups(volumes, store, new AbortController().signal)
}

test('a backup of a volume that the restored database has a row of, and no object, is told', async () => {
  const row = { id: 'b1', kind: 'manual', status: 'succeeded', size_bytes: 4 }
  const at = (id: string): string => `eu/project-volumes/v1/backups/${id}.qcow2`
  expect(await compared([row], { [at('b1')]: 4 })).toMatchObject({ state: 'done', evidence: [] })
  expect(await compared([row], { [at('b2')]: 4 })).toMatchObject({
    state: 'failed',
    sentence: expect.stringContaining('b1 of shop has no object'),
    evidence: [{ name: 'object without a row', value: at('b2') }],
  })
  expect(await compared([row], { [at('b1')]: 3 })).toMatchObject({
    state: 'failed',
    sentence: expect.stringContaining('has 3 bytes, and its row says 4'),
  })
  expect(await compared([row], { 'something/else': 1 })).toMatchObject({ state: 'unknown' })
  expect(await compared([], { [at('b2')]: 4 })).toMatchObject({
    state: 'done',
    sentence: expect.stringContaining('without a row in this organisation'),
  })
})

test('a moment that does not say its zone is refused: it would be another one on another desk', () => {
  expect(timeOf('2026-11-20T02:55:00+01:00')).toBe(Date.parse('2026-11-20T01:55:00Z'))
  for (const text of ['2026-11-20T01:55:00', '2026-11-20 01:55', '2026-11-20', '5', ''])
    expect(() => timeOf(text)).toThrow('is no moment of a known zone')
})
