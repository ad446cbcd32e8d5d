import { expect, test } from 'vitest'
import type { GrpcClient } from '../../../../../src/main/ports/grpc-client.ts'
import { kisekiDriver } from '../../../../../src/main/systems/kiseki/live/driver.ts'
import { HoldfastError } from '../../../../../src/shared/domain/error.ts'
import { fakeClock } from '../../../../fakes/fake-clock.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { fakeHost, type FakeAnswer } from '../../../../fakes/remote-host.ts'
import { fakeSession } from '../../../../fakes/session.ts'

const id = '2026-11-20T02:00:00Z-9f1c2d3e-4b5a-4c6d-8e7f-0a1b2c3d4e5f'
const manifest = `${id}/manifest.json`

/** A node has written a snapshot into its folder; `answer` is what its host says to what is asked for then. */
async function fetched(
  answer: (file: string, program: string) => FakeAnswer,
  canLogIn = true,
  snapshotId: string = id,
) {
  const store = memoryStore()
  const clock = fakeClock()
  let asked = 0
  const unary = async () => {
    asked += 1
    return Promise.resolve({ snapshot_id: snapshotId })
  }
  const host = fakeHost(({ argv: [program, ...rest] }) => answer(rest.at(-1) ?? '', program), { clock })
  const session = fakeSession({ name: 'eu', system: 'kiseki' }, new AbortController().signal, {
    clock,
    grpc: async () => Promise.resolve({ unary, close: () => undefined } as unknown as GrpcClient),
    host: async () =>
      canLogIn
        ? Promise.resolve(host)
        : Promise.reject(new HoldfastError('host.unreachable', { what: 'Nobody answers.' })),
    repository: async () => Promise.resolve(store),
  })
  const live = kisekiDriver.connect({
    nodes: ['http://node:9090'],
    dataPorts: ['http://node:9100'],
    hosts: ['node'],
    backupFolder: '/var/backup/',
  })
  const silent = { progress: () => undefined, log: () => undefined }
  const outcome: unknown = await clock
    .run(live.snapshot(session, 'fetched', silent))
    .catch((error: unknown) => error)
  const keys: string[] = []
  for await (const entry of store.list()) if (entry.kind === 'object') keys.push(entry.key)
  return { outcome, keys, asked }
}

const ok = (file: string): FakeAnswer => ({ stdout: file })

test.each<[string, (file: string, program: string) => FakeAnswer, string, boolean?]>([
  ['nobody can log in', ok, 'host.unreachable', false],
  ['no host has it', () => ({ code: 1 }), 'host.commandFailed'],
  [
    'the connection is cut in the archive',
    (file, program) => (program === 'cat' ? { stdout: file, fails: 'host.lost' } : {}),
    'host.lost',
  ],
  [
    'the account may not read it',
    (_, program) => (program === 'cat' ? { code: 1, stderr: 'Permission denied' } : {}),
    'host.commandFailed',
  ],
  [
    'the connection is cut before the manifest',
    (file, program) =>
      program === 'cat' && file.endsWith('manifest.json') ? { fails: 'host.lost' } : ok(file),
    'host.lost',
  ],
])(
  'A snapshot that a node has made, and of which %s, is kept there, and is none here',
  async (_, answer, code, canLogIn) => {
    const { outcome, keys, asked } = await fetched(answer, canLogIn)
    expect(outcome).toMatchObject({
      code,
      text: {
        unchanged: `The node has written ${id}, and keeps it in its own folder. The repository has no snapshot of it: its manifest is copied last.`,
        next: expect.stringContaining('copy its folder by hand'),
      },
    })
    expect(keys).not.toContain(manifest)
    expect(asked).toBe(1)
  },
)

test('A node is given at least 150 s for a snapshot, and its call is never cancelled', async () => {
  const calls: { readonly deadlineMs: number; readonly signal?: AbortSignal }[] = []
  const cancel = new AbortController()
  const unary = async (call: (typeof calls)[number]) => {
    calls.push(call)
    cancel.abort()
    return Promise.resolve({ snapshot_id: id })
  }
  const session = fakeSession({ name: 'eu', system: 'kiseki' }, cancel.signal, {
    grpc: async () => Promise.resolve({ unary, close: () => undefined } as unknown as GrpcClient),
  })
  const live = kisekiDriver.connect({ nodes: ['http://node:9090'], dataPorts: ['http://node:9100'] })
  const outcome = await live.snapshot(session, 'created', { progress: () => undefined, log: () => undefined })
  expect(outcome).toMatchObject({ kind: 'made', backupId: id })
  // One that is given up leaves the node refusing every further snapshot (from source).
  expect(calls).toEqual([
    { method: expect.stringContaining('CreateSnapshot'), deadlineMs: expect.any(Number) },
  ])
  expect(calls[0]?.deadlineMs).toBeGreaterThanOrEqual(150_000)
})

test('A snapshot that is fetched whole has its archive and its manifest', async () => {
  const { outcome, keys } = await fetched(ok)
  expect(outcome).toMatchObject({ kind: 'made', backupId: id })
  expect(keys).toEqual([manifest, `${id}/snapshot.tar`])
})

test.each(['../../etc', `${id}/..`, '2026-11-20T02:00:00Z-1', ''])(
  'the answer %j names no snapshot: no file of that name is asked for, and nothing is said to be made',
  async (snapshotId) => {
    const asked: string[] = []
    const seen = await fetched(
      (file) => {
        asked.push(file)
        return ok(file)
      },
      true,
      snapshotId,
    )
    expect(seen).toMatchObject({ outcome: { kind: 'unknown' }, keys: [], asked: 1 })
    expect(asked).toEqual([])
  },
)
