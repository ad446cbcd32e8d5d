import { expect, test } from 'vitest'
import { done, failed, notYet, unknown } from '../../../../src/main/engine/runbook/outcomes.ts'
import { check, choice, confirm, manual, wait } from '../../../../src/main/engine/runbook/steps.ts'
import type { Outcome } from '../../../../src/main/ports/runbook.ts'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'
import { memoryRunPlace } from '../../../fakes/run-journal.ts'
import { answer, goThrough, never, openRunbookDesk, rested, startRun } from '../../../support/runbook-runs.ts'
import { book, seen, setting, world } from './book.ts'

test('checks follow each other by themselves, and what needs a person waits for one', async () => {
  const { state, move } = world()
  const desk = await openRunbookDesk({ runbooks: [book(seen('one'), seen('two'), move())] })
  const run = await startRun(desk, 'T-1', setting)
  expect(run.list.map((step) => step.state)).toEqual(['done', 'done', 'todo'])
  expect(run.current).toBe('move')
  expect(state.asked).toBe(0)
  const after = await answer(desk, run, { kind: 'go' })
  expect(after.list.at(-1)).toMatchObject({ state: 'done', sentence: 'It is moved.' })
  expect(after.current).toBeNull()
})

test('a check that is not so stops the run there, and is looked at again on demand', async () => {
  let isSo = false
  const { state, move } = world()
  const gate = check({
    id: 'gate',
    section: 'before',
    title: 'gate',
    why: 'w',
    look: async () => (isSo ? done('Stopped.') : failed('A master lives.', { next: 'Stop it.' })),
  })
  const desk = await openRunbookDesk({ runbooks: [book(gate, move())] })
  const run = await startRun(desk, 'T-1', setting)
  expect(run.list[0]).toMatchObject({ state: 'failed', sentence: 'A master lives.', next: 'Stop it.' })
  await expect(desk.runner.proceed(run.id, 'move', { kind: 'go' })).rejects.toMatchObject({
    code: 'runbook.refused',
  })
  expect(state.asked).toBe(0)
  isSo = true
  expect((await answer(desk, run, { kind: 'go' })).current).toBe('move')
})

test('what was asked for when the process died is unknown: it is looked at, and never asked for twice', async () => {
  for (const happened of [true, false]) {
    const { state, move } = world()
    const place = memoryRunPlace()
    const hangs = move({
      act: async () => {
        state.asked += 1
        if (happened) state.moved += 1
        return new Promise<Outcome>(() => undefined)
      },
    })
    const first = await openRunbookDesk({ runbooks: [book(hangs)], place })
    const { id } = await startRun(first, 'T-1', setting)
    await first.runner.proceed(id, 'move', { kind: 'go' })
    await untilEntry(place, id, 'stepBegan')

    const second = await openRunbookDesk({ runbooks: [book(move())], place })
    const run = second.runner.get(id)
    expect(run.list[0]).toMatchObject({ state: 'unknown' })
    const looked = await answer(second, run, { kind: 'go' })
    expect(looked.list[0]?.state).toBe(happened ? 'done' : 'todo')
    expect(state.asked).toBe(1)
    if (!happened) {
      expect((await answer(second, looked, { kind: 'go' })).list[0]?.state).toBe('done')
      expect(state.asked).toBe(2)
    }
  }
})

test('a process that dies while it only looks leaves nothing unknown', async () => {
  const place = memoryRunPlace()
  const hangs = check({
    id: 'hangs',
    section: 'before',
    title: 'hangs',
    why: 'w',
    look: async () => new Promise<Outcome>(() => undefined),
  })
  const first = await openRunbookDesk({ runbooks: [book(hangs)], place })
  const { id } = await first.runner.start({
    scenario: 'T-1',
    clusterId: 'lab',
    setting,
    failedAt: '2026-11-20T02:00:00.000Z',
    answers: [],
    reason: null,
  })
  await untilEntry(place, id, 'stepBegan')
  const second = await openRunbookDesk({ runbooks: [book(seen('hangs'))], place })
  expect(second.runner.get(id).list[0]?.state).toBe('todo')
})

test('an unknown step stays unknown where a look does not tell, also across another death', async () => {
  const { move } = world()
  const place = memoryRunPlace()
  const cut = move({
    act: async () => {
      throw new HoldfastError('host.lost', { what: 'The connection is lost.' })
    },
    look: async () => unknown('The host does not answer.'),
  })
  const desk = await openRunbookDesk({ runbooks: [book(cut)], place })
  const run = await startRun(desk, 'T-1', setting)
  const lost = await answer(desk, run, { kind: 'go' })
  expect(lost.list[0]).toMatchObject({ state: 'unknown', sentence: 'The connection is lost.' })
  expect((await answer(desk, lost, { kind: 'go' })).list[0]?.state).toBe('unknown')
  const again = await openRunbookDesk({ runbooks: [book(cut)], place })
  expect(again.runner.get(run.id).list[0]?.state).toBe('unknown')
})

test('an action that failed is looked at before it is tried again', async () => {
  const { state, move } = world()
  let fails = true
  const once = move({
    act: async () => {
      state.asked += 1
      if (fails) throw new HoldfastError('target.full', { what: 'The disk is full.' })
      state.moved += 1
      return done('It is moved.')
    },
  })
  const desk = await openRunbookDesk({ runbooks: [book(once)] })
  const run = await startRun(desk, 'T-1', setting)
  const full = await answer(desk, run, { kind: 'go' })
  expect(full.list[0]).toMatchObject({ state: 'failed', sentence: 'The disk is full.' })
  state.moved = 1
  expect((await answer(desk, full, { kind: 'go' })).list[0]).toMatchObject({ sentence: 'It stands there.' })
  expect(state.asked).toBe(1)
  fails = false
})

test('what was confirmed is confirmed again once it is another thing', async () => {
  let hash = 'aaa'
  const plan = check({
    id: 'plan',
    section: 'before',
    title: 'plan',
    why: 'w',
    look: async () => done('Planned.', { learnt: { plan: hash } }),
  })
  const sign = confirm({
    id: 'sign',
    section: 'before',
    title: 'sign',
    why: 'w',
    of: ['plan'],
    says: async () => ['All of it is lost.'],
  })
  const { state, move } = world()
  const clock = fakeClock()
  const desk = await openRunbookDesk({ runbooks: [book(plan, sign, move())], clock })
  const run = await startRun(desk, 'T-1', setting)
  expect(await desk.runner.ask(run.id, 'sign', never)).toEqual({
    kind: 'confirm',
    says: ['All of it is lost.'],
    type: 'lab-1',
  })
  for (const typed of ['', 'lab-2', 'LAB-1']) {
    await expect(desk.runner.proceed(run.id, 'sign', { kind: 'confirm', typed })).rejects.toMatchObject({
      code: 'runbook.refused',
    })
  }
  const signed = await answer(desk, run, { kind: 'confirm', typed: 'lab-1' })
  expect(signed.current).toBe('move')
  hash = 'bbb'
  // Old enough to be looked at again before anything rests on it.
  await clock.run(clock.wait(11 * 60_000))
  const stale = await answer(desk, signed, { kind: 'go' })
  expect(stale.current).toBe('sign')
  expect(state.asked).toBe(0)
})

test('a wait looks again until it is there, or its time is over', async () => {
  const clock = fakeClock()
  let looks = 0
  const until = (there: number) =>
    wait({
      id: 'ready',
      section: 'restore',
      title: 'ready',
      why: 'w',
      atMostMs: 10_000,
      look: async () => ((looks += 1) >= there ? done('Ready.') : notYet(`Look ${looks}.`)),
    })
  const good = await openRunbookDesk({ runbooks: [book(until(3))], clock })
  const run = await clock.run(startRun(good, 'T-1', setting))
  expect(run.list[0]).toMatchObject({ state: 'done', sentence: 'Ready.' })
  expect(run.list[0]?.lines.map(({ sentence }) => sentence)).toEqual(['Look 1.', 'Look 2.'])
  looks = 0
  const late = await openRunbookDesk({ runbooks: [book(until(100))], clock })
  const over = await clock.run(startRun(late, 'T-1', setting))
  expect(over.list[0]).toMatchObject({ state: 'failed' })
  expect(over.list[0]?.sentence).toMatch(/^Not within 10\s?s\. Look \d+\.$/)
})

test('a choice takes only what is possible now, and what it makes known decides which steps are needed', async () => {
  const pick = choice({
    id: 'pick',
    section: 'before',
    title: 'pick',
    why: 'w',
    options: async () => [
      { id: 'a', label: 'The near way', says: [], notPossible: null, advised: true, learnt: { way: 'near' } },
      { id: 'b', label: 'The far way', says: [], notPossible: 'It is flooded.', advised: false, learnt: {} },
    ],
  })
  const far = seen('far', done('Far.'), {
    notNeeded: (known: ReadonlyMap<string, string>) =>
      known.get('way') === 'near' ? 'The near way is taken.' : null,
  })
  const desk = await openRunbookDesk({ runbooks: [book(pick, far, seen('end'))] })
  const run = await startRun(desk, 'T-1', setting)
  for (const option of ['b', 'c']) {
    await expect(desk.runner.proceed(run.id, 'pick', { kind: 'choose', option })).rejects.toMatchObject({
      code: 'runbook.refused',
    })
  }
  const chosen = await answer(desk, run, { kind: 'choose', option: 'a' })
  expect(chosen.list.map(({ state }) => state)).toEqual(['done', 'notNeeded', 'done'])
  expect(chosen.list[1]?.sentence).toBe('The near way is taken.')
})

test('proofs and confirmations are never passed over, advice is, with a reason', async () => {
  const desk = await openRunbookDesk({
    runbooks: [
      book(
        seen('advice', failed('No.'), { skip: 'operator' }),
        seen('proof', failed('No.')),
        manual({ id: 'm', section: 'after', title: 'm', why: 'w', does: ['Do it.'] }),
      ),
    ],
  })
  const run = await startRun(desk, 'T-1', setting)
  const past = await answer(desk, run, { kind: 'skip', reason: 'We know.' })
  expect(past.list[0]).toMatchObject({ state: 'skipped', sentence: 'Passed over: We know.' })
  expect(past.current).toBe('proof')
  await expect(
    desk.runner.proceed(run.id, 'proof', { kind: 'skip', reason: 'We know.' }),
  ).rejects.toMatchObject({ code: 'runbook.refused' })
})

test('what was done last is taken back first, and has to be confirmed again', async () => {
  const one = world()
  const two = world()
  const sign = confirm({ id: 'sign', section: 'before', title: 's', why: 'w', of: [], says: async () => [] })
  const steps = [sign, one.move({ id: 'first' }), two.move({ id: 'second' }), seen('after', failed('No.'))]
  const desk = await openRunbookDesk({ runbooks: [book(...steps)] })
  const run = await goThrough(desk, await startRun(desk, 'T-1', setting))
  expect(run.current).toBe('after')
  await expect(desk.runner.proceed(run.id, 'first', { kind: 'takeBack' })).rejects.toMatchObject({
    code: 'runbook.refused',
  })
  const back = await answer(desk, run, { kind: 'takeBack' }, 'second')
  expect(two.state.moved).toBe(0)
  expect(back.list.find(({ id }) => id === 'second')?.state).toBe('takenBack')
  expect(back.current).toBe('sign')
  await answer(desk, back, { kind: 'takeBack' }, 'first')
  expect(one.state.moved).toBe(0)
})

test('one cluster has one open run, and one pair of hands at a time', async () => {
  const place = memoryRunPlace()
  const sign = confirm({ id: 'sign', section: 'before', title: 's', why: 'w', of: [], says: async () => [] })
  const { state, move } = world()
  const lena = await openRunbookDesk({ runbooks: [book(sign, move())], place })
  const run = await startRun(lena, 'T-1', setting)
  await expect(startRun(lena, 'T-1', setting)).rejects.toMatchObject({ code: 'runbook.refused' })
  await answer(lena, run, { kind: 'confirm', typed: 'lab-1' })

  const omar = await openRunbookDesk({ runbooks: [book(sign, move())], place, actor: 'omar@ops' })
  await expect(omar.runner.proceed(run.id, 'move', { kind: 'go' })).rejects.toMatchObject({
    code: 'runbook.refused',
    message: expect.stringContaining('lena@ops'),
  })
  const taken = await omar.runner.takeOver(run.id, 'Lena went to sleep.')
  expect(taken).toMatchObject({ holder: 'omar@ops', current: 'sign' })
  expect(state.asked).toBe(0)
})

test('what cannot be written down is not begun', async () => {
  const { state, move } = world()
  const desk = await openRunbookDesk({ runbooks: [book(move())] })
  const run = await startRun(desk, 'T-1', setting)
  desk.audit.refuse('The disk is full.')
  await expect(desk.runner.proceed(run.id, 'move', { kind: 'go' })).rejects.toMatchObject({
    code: 'runbook.refused',
  })
  desk.audit.refuse(null)
  desk.place.beforeWrite = () => {
    throw new HoldfastError('state.broken', { what: 'The disk is full.' })
  }
  await expect(desk.runner.proceed(run.id, 'move', { kind: 'go' })).rejects.toMatchObject({
    code: 'state.broken',
  })
  await desk.runner.shutDown()
  expect(state.asked).toBe(0)
})

test('between the look at an action that failed and the action nothing else is taken: it is refused, and the run goes on', async () => {
  const { state, move } = world()
  let fails = true
  const steps = [
    move({
      act: async () => {
        state.asked += 1
        if (!fails) return done('It is moved.')
        throw new HoldfastError('target.full', { what: 'The disk is full.' })
      },
    }),
    manual({ id: 'm', section: 'after', title: 'm', why: 'w', does: ['Do it.'] }),
  ]
  const desk = await openRunbookDesk({ runbooks: [book(...steps)] })
  const begun = await startRun(desk, 'T-1', setting)
  const full = await answer(desk, begun, { kind: 'go' })
  fails = false
  const { runner, place } = desk
  const meanwhile = Promise.withResolvers<readonly Promise<unknown>[]>()
  place.beforeWrite = (event) => {
    if (event?.type !== 'stepBegan' || !event.acting) return
    const asked = [
      runner.proceed(full.id, 'move', { kind: 'go' }),
      runner.proceed(full.id, 'move', { kind: 'takeBack' }),
      runner.takeOver(full.id, ''),
      runner.close(full.id, 'abandoned', 'Enough.'),
    ]
    meanwhile.resolve(asked.map(async (each) => each.then(() => 'taken').catch((error: unknown) => error)))
  }
  await runner.proceed(full.id, 'move', { kind: 'go' })
  expect(await Promise.all(await meanwhile.promise)).toEqual(
    Array.from({ length: 4 }, () =>
      expect.objectContaining({
        code: 'runbook.refused',
        message: expect.stringContaining('A step of this run is under way.'),
      }),
    ),
  )
  const after = await rested(runner, full.id)
  expect(after).toMatchObject({ current: 'm', state: 'open' })
  expect(state.asked).toBe(2)
})

test('an answer to the next step is taken as soon as the one before it is seen to have ended', async () => {
  const { move } = world()
  const ids = ['one', 'two', 'three']
  const desk = await openRunbookDesk({ runbooks: [book(...ids.map((id) => move({ id })))] })
  const { id } = await startRun(desk, 'T-1', setting)
  const leave = new AbortController()
  const given: (string | null)[] = []
  for await (const { current, list } of desk.runner.watch(id, leave.signal)) {
    if (current === null) break
    if (list.some(({ state }) => state === 'running') || given.includes(current)) continue
    given.push(current)
    await desk.runner.proceed(id, current, { kind: 'go' })
  }
  leave.abort()
  expect(given).toEqual(ids)
  expect(desk.runner.get(id).list.map(({ state }) => state)).toEqual(['done', 'done', 'done'])
})

test('the acceptance sheet is signed only when each row is green or excepted, and then the run can be finished', async () => {
  let isSo = false
  const row = (id: string, look: () => Outcome) =>
    check({ id, section: 'accept', title: id, why: 'w', skip: 'operator', look: async () => look() })
  const steps = [
    row('ready', () => done('Ready.')),
    row('content', () => (isSo ? done('All there.') : failed('A table is missing.'))),
    row('canary', () => failed('It does not run.')),
    row('again', () => done('A new backup is good.')),
  ]
  const desk = await openRunbookDesk({ runbooks: [book(...steps)] })
  const run = await startRun(desk, 'T-1', setting)
  expect(run.list.map(({ state }) => state)).toEqual(['done', 'failed', 'failed', 'done'])
  expect(run.acceptance).toEqual({ green: 2, excepted: 0, all: 4, signedAt: null })
  await expect(desk.runner.accept(run.id, '')).rejects.toMatchObject({ code: 'runbook.refused' })
  await expect(desk.runner.close(run.id, 'finished', '')).rejects.toMatchObject({ code: 'runbook.refused' })
  isSo = true
  await answer(desk, run, { kind: 'go' }, 'content')
  const excepted = await answer(desk, run, { kind: 'skip', reason: 'The canary is broken itself.' }, 'canary')
  expect(excepted.acceptance).toMatchObject({ green: 3, excepted: 1 })
  const signed = await desk.runner.accept(run.id, 'All well.')
  expect(signed.acceptance.signedAt).not.toBeNull()
  expect(await desk.runner.close(run.id, 'finished', '')).toMatchObject({ state: 'finished' })
  expect(desk.audit.entries.map(({ action: name }) => name)).toEqual(
    expect.arrayContaining(['runbook.begun', 'runbook.skipped', 'runbook.accepted', 'runbook.finished']),
  )
  await expect(desk.runner.proceed(run.id, 'ready', { kind: 'go' })).rejects.toMatchObject({
    code: 'runbook.refused',
  })
})

test('what a step tells while it goes on is in the run, in order', async () => {
  const talks = check({
    id: 'talks',
    section: 'before',
    title: 'talks',
    why: 'w',
    look: async ({ line }) => {
      for (const word of ['one', 'two', 'three']) line('info', word)
      return done('Said.')
    },
  })
  const desk = await openRunbookDesk({ runbooks: [book(talks)] })
  const run = await rested(desk.runner, (await startRun(desk, 'T-1', setting)).id)
  expect(run.list[0]?.lines.map(({ sentence }) => sentence)).toEqual(['one', 'two', 'three'])
})

test('an unexpected error in a step is an incident, and none of its text is told', async () => {
  const desk = await openRunbookDesk({
    runbooks: [
      book(
        check({
          id: 'x',
          section: 'before',
          title: 'x',
          why: 'w',
          look: async () => {
            throw new Error('password=hunter2')
          },
        }),
      ),
    ],
  })
  const run = await startRun(desk, 'T-1', setting)
  expect(run.list[0]?.state).toBe('failed')
  expect(JSON.stringify(run)).not.toContain('hunter2')
})

async function untilEntry(place: ReturnType<typeof memoryRunPlace>, id: string, type: string): Promise<void> {
  while (place.runs.get(id)?.entries.some(({ event }) => event.type === type) !== true) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('a host whose key is not known is told with what it has shown, and no more once the step is done', async () => {
  const host = { address: 'root@kiok-1', fingerprint: `SHA256:${'A'.repeat(43)}` }
  let isTrusted = false
  const login = check({
    id: 'login',
    section: 'before',
    title: 'Log in',
    why: 'w',
    look: async () => {
      if (isTrusted) return done('Logged in.')
      throw new HoldfastError('host.unknownKey', { what: 'The host is not known.', unknownHost: host })
    },
  })
  const desk = await openRunbookDesk({ runbooks: [book(login)] })
  const run = await startRun(desk, 'T-1', setting)
  expect(run.list[0]).toMatchObject({ state: 'failed', unknownHost: host })
  isTrusted = true
  const after = await answer(desk, run, { kind: 'go' })
  expect(after.list[0]).toMatchObject({ state: 'done', unknownHost: null })
})
