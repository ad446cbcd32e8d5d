import { expect, test } from 'vitest'
import { anchoredAudit } from '../../../../src/main/desk/anchored-audit.ts'
import { createAnchoring } from '../../../../src/main/desk/anchoring.ts'
import { audited } from '../../../../src/main/operations/audited.ts'
import type { Settings } from '../../../../src/shared/contract/settings.ts'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { memoryAnchorPlace, type MemoryAnchorPlace } from '../../../fakes/audit-anchor.ts'
import { memoryAuditLog, type MemoryAuditLog } from '../../../fakes/audit-log.ts'
import { memoryDeskState } from '../../../fakes/desk-state.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'
import { memoryLog } from '../../../fakes/memory-log.ts'
import { givenSecrets } from '../../../fakes/secrets.ts'

const here: NonNullable<Settings['auditAnchor']> = {
  address: 's3://anchors/here/',
  access: {
    credential: { source: 'environment' },
    caFile: null,
    allowHttp: false,
    sshKeyFiles: [],
    hostKey: null,
    maxBytesPerSecond: null,
  },
  everyEntries: 5,
  everyMinutes: 10,
  keepDays: 365,
}

async function deskOf({
  place = memoryAnchorPlace(),
  chain,
  auditAnchor = here,
}: {
  readonly place?: MemoryAnchorPlace
  readonly chain?: MemoryAuditLog
  readonly auditAnchor?: Settings['auditAnchor']
} = {}) {
  const clock = fakeClock()
  const state = memoryDeskState()
  await state.settings.set({ ...state.settings.get(), auditAnchor })
  const log = memoryLog()
  const bare = chain ?? memoryAuditLog(clock)
  const anchoring = createAnchoring({
    audit: bare,
    state,
    secrets: givenSecrets({}),
    openAnchor: async () => place.open(),
    clock,
    log,
    publish: () => undefined,
  })
  return { clock, place, bare, state, log, anchoring, audit: anchoredAudit(bare, anchoring) }
}

type Desk = Awaited<ReturnType<typeof deskOf>>

const event = (action: string) => ({ action, subject: 'kiok-prod', facts: [] })
async function add(count: number, { audit }: Pick<Desk, 'audit'>): Promise<void> {
  for (let n = 0; n < count; n += 1) await audit.append(event('cluster.changed'))
}
const numbers = ({ place }: Pick<Desk, 'place'>): readonly number[] => [...place.heads.keys()]

/** A chain of other entries, as somebody would write it anew. */
async function rewritten(entries: number): Promise<MemoryAuditLog> {
  const log = memoryAuditLog({ now: () => 1 })
  for (let n = 0; n < entries; n += 1) await log.append(event('nothing.happened'))
  return log
}

test('Without a place nothing is anchored, and the status says so by saying nothing', async () => {
  const desk = await deskOf({ auditAnchor: null })
  await add(12, desk)
  await desk.anchoring.now()
  expect(numbers(desk)).toEqual([])
  expect((await desk.audit.status()).anchor).toBeNull()
})

test('A head is anchored each time enough entries have come together', async () => {
  const desk = await deskOf()
  await add(4, desk)
  expect(await desk.audit.status()).toMatchObject({ entries: 4, anchor: { seq: null, since: 4 } })
  await add(1, desk)
  await expect.poll(() => numbers(desk)).toEqual([5])
  await add(3, desk)
  expect(await desk.audit.status()).toMatchObject({
    entries: 8,
    anchor: { place: here.address, seq: 5, since: 3, failure: null, covered: 0 },
  })
  await desk.audit.appendAll([event('a.b'), event('a.b')])
  await expect.poll(() => numbers(desk)).toEqual([5, 10])
})

test('What is new is anchored when the time has passed, and what is not new never again', async () => {
  const desk = await deskOf()
  const stop = new AbortController()
  const running = desk.anchoring.run(stop.signal)
  await add(1, desk)
  await desk.clock.run(desk.clock.wait(9 * 60_000))
  expect(numbers(desk)).toEqual([])
  await desk.clock.run(desk.clock.wait(3 * 60_000))
  await expect.poll(() => numbers(desk)).toEqual([1])
  await desk.clock.run(desk.clock.wait(60 * 60_000))
  expect(numbers(desk)).toEqual([1])
  stop.abort()
  await desk.clock.run(desk.clock.wait(60_000))
  await running
})

test('The beginning and the end of what replaces something are anchored before it goes on', async () => {
  const desk = await deskOf()
  const seen: (readonly number[])[] = []
  const note = (): void => undefined
  await audited('restore', { subject: 'x', facts: [] }, async () => void seen.push(numbers(desk)), {
    audit: desk.audit,
    note,
  })
  expect(seen).toEqual([[1]])
  expect(numbers(desk)).toEqual([1, 2])
})

test('A place that cannot be reached keeps nobody from a restore, and the chain says that it was missed', async () => {
  const desk = await deskOf()
  desk.place.fault = new HoldfastError('repository.unreachable', { what: 'The bucket does not answer.' })
  const work = audited('restore', { subject: 'x', facts: [] }, async () => 'done', {
    audit: desk.audit,
    note: () => undefined,
  })
  expect(await work).toBe('done')
  expect(desk.bare.entries.map(({ action }) => action)).toEqual([
    'restore.started',
    'anchor.missed',
    'restore.finished',
  ])
  expect((await desk.audit.status()).anchor).toMatchObject({
    seq: null,
    since: 3,
    failure: { code: 'repository.unreachable', what: 'The bucket does not answer.' },
  })
  desk.place.fault = null
  await desk.anchoring.now()
  expect((await desk.audit.status()).anchor).toMatchObject({ seq: 3, since: 0, failure: null })
})

test('A chain that was written anew is whole by itself and fails at the first anchor that it does not fit', async () => {
  const first = await deskOf()
  await add(5, first)
  await expect.poll(() => numbers(first)).toEqual([5])
  await add(5, first)
  await expect.poll(() => numbers(first)).toEqual([5, 10])
  const { place } = first
  const desk = await deskOf({ place, chain: await rewritten(12) })
  expect((await desk.bare.verify()).broken).toBeNull()
  expect(await desk.audit.verify()).toMatchObject({
    broken: { seq: 5, reason: expect.stringContaining('No anchor before it fits.') },
    cannotWrite: 'The chain does not fit its anchor of entry 5.',
  })
  // It gets no further anchor, and nothing destructive is begun on it.
  await desk.anchoring.now()
  expect(numbers(desk)).toEqual([5, 10])
  await expect(desk.audit.append(event('restore.started'))).rejects.toMatchObject({ code: 'audit.broken' })
  expect(desk.bare.entries).toHaveLength(12)
})

test('A chain that was cut behind its head is found, and the last anchor that fits is named', async () => {
  const first = await deskOf()
  for (const expected of [[5], [5, 10]]) {
    await add(5, first)
    await expect.poll(() => numbers(first)).toEqual(expected)
  }
  const { place } = first
  const cut = memoryAuditLog({ now: () => Date.parse(first.bare.entries[0]?.at ?? '') })
  for (let n = 0; n < 8; n += 1) await cut.append(event('cluster.changed'))
  const desk = await deskOf({ place, chain: cut })
  expect(await desk.audit.verify()).toMatchObject({
    broken: {
      seq: 9,
      reason: expect.stringMatching(/chain ends at 8\. The last anchor that fits is that of entry 5/),
    },
  })
})

test('Of two chains that went on from one the second finds its twin, before or when it anchors', async () => {
  const first = await deskOf()
  await add(5, first)
  await expect.poll(() => numbers(first)).toEqual([5])
  // A copied profile, that goes on by itself.
  const twinChain = memoryAuditLog({ now: () => Date.parse(first.bare.entries[0]?.at ?? '') })
  for (let n = 0; n < 5; n += 1) await twinChain.append(event('cluster.changed'))
  const twin = await deskOf({ place: first.place, chain: twinChain })
  await twin.anchoring.now()
  expect((await twin.audit.status()).broken).toBeNull()
  await add(1, first)
  await first.anchoring.now()
  await twin.audit.append(event('something.else'))
  await twin.anchoring.now()
  expect((await twin.audit.status()).broken).toMatchObject({
    seq: 6,
    reason: expect.stringContaining('twin'),
  })
  await expect(twin.audit.append(event('restore.started'))).rejects.toMatchObject({ code: 'audit.broken' })
  expect((await first.audit.verify()).broken).toBeNull()
})

test('An anchor that somebody has written over is told, and the chain still fits', async () => {
  const desk = await deskOf()
  await add(5, desk)
  await expect.poll(() => numbers(desk)).toEqual([5])
  desk.place.heads.get(5)?.push('f'.repeat(64))
  expect(await desk.audit.verify()).toMatchObject({
    broken: null,
    anchor: { covered: 1, comparedAt: expect.any(String) },
  })
})

test('A failure that nobody expects is an incident, and no entry is lost for it', async () => {
  const desk = await deskOf()
  desk.place.fault = new Error('planted')
  await add(5, desk)
  await desk.anchoring.now()
  expect((await desk.audit.status()).anchor?.failure).toMatchObject({ code: 'internal' })
  expect(desk.log.lines.join('\n')).toContain('audit.anchor Error: planted')
  expect(desk.bare.entries).toHaveLength(5)
})
