import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemNames, type SystemName } from '../../../../../src/shared/domain/system-name.ts'
import { triage as triageSchema } from '../../../../../src/shared/contract/runbooks.ts'
import { adviceFor } from '../../../../../src/shared/domain/triage/advice.ts'
import { pathOf, situations, type Situation } from '../../../../../src/shared/domain/triage/path.ts'
import { questionIds, questionOf } from '../../../../../src/shared/domain/triage/questions.ts'
import { answersTold, triageOf, type FoundAnswers } from '../../../../../src/shared/domain/triage/triage.ts'
import { tries } from '../../../../support/tries.ts'

interface Walk {
  readonly system: SystemName
  readonly answers: Readonly<Record<string, string>>
  readonly situation: Situation
}

/** Every way through the questions, to its end. */
function* everyWalk(system: SystemName, answers: Readonly<Record<string, string>> = {}): Generator<Walk> {
  const path = pathOf(system)
  let step = path.next()
  while (step.done !== true && answers[step.value] !== undefined) step = path.next(answers[step.value] ?? '')
  if (step.done === true) yield { system, answers, situation: step.value }
  else {
    for (const { id } of questionOf(step.value, system).choices) {
      yield* everyWalk(system, { ...answers, [step.value]: id })
    }
  }
}

const walks = systemNames.flatMap((system) => [...everyWalk(system)])

/** Scenarios that put a backup in the place of what is there, or end in one that does. */
const restores = new Set('KI-3 KI-4 KI-5 CH-4 CH-5 CH-6 KS-5 AR-2 AR-3 AR-5 KD-1 KD-2 KD-5 X-5'.split(' '))

/** What the operator has answered says that a copy lives whose data are right. */
function isHealthyCopyAlive({ answers }: Walk): boolean {
  if (answers['wrongRestore'] === 'yes') return false
  if (answers['data'] === 'wrong' || answers['data'] === 'wrongPart') return false
  if (answers['site'] === 'copy') return true
  if (answers['site'] === 'noCopy') return false
  if (answers['database'] !== undefined) return answers['database'] !== 'lost'
  return answers['alive'] === 'all' || (answers['disks'] !== undefined && answers['disks'] !== 'all')
}

/** The decision table of the handbook. */
type Cell = string | null
const rows: readonly (readonly [Situation, Cell, Cell, Cell, Cell, Cell])[] = [
  //               kiok    chango  kiseki  armada  kindling
  ['oneLost', 'KI-1', 'CH-1', 'KS-1', 'AR-1', 'KD-7'],
  ['severalLost', 'KI-1', 'CH-1', 'KS-2', 'AR-1', 'KD-7'],
  ['notReady', 'KI-2', 'CH-2', null, 'AR-1', 'KD-8'],
  ['halted', null, null, 'KS-7', null, null],
  ['willNotStart', null, null, 'KS-8', null, null],
  ['quorumLost', 'KI-2', 'CH-3', 'KS-3', 'AR-1', 'KD-3'],
  ['allLost', 'KI-3', 'CH-4', 'KS-5', 'AR-2', 'KD-1'],
  ['dataWrong', 'KI-4', 'CH-5', null, 'AR-2', 'KD-2'],
  ['partWrong', null, null, null, 'AR-3', null],
  ['siteCopy', null, null, 'KS-4', 'AR-6', 'KD-3'],
  ['siteNoCopy', 'KI-3', 'CH-4', 'KS-5', 'AR-2', 'KD-1'],
  ['wrongRestore', 'KI-5', 'CH-6', null, 'AR-5', 'KD-5'],
  ['loginLost', 'KI-6', 'CH-7', null, 'X-4', 'KD-4'],
  ['keyLost', 'X-3', 'X-3', 'KS-6', null, 'X-3'],
  ['partBehind', null, null, null, 'AR-4', 'KD-6'],
  ['hosting', null, 'X-5', null, null, null],
  ['bucket', 'X-1', 'X-1', 'X-1', 'X-1', 'X-1'],
  ['newestDamaged', 'X-2', 'X-2', 'X-2', 'X-2', 'X-2'],
  ['rehearsal', 'X-6', 'X-6', 'X-6', 'X-6', 'X-6'],
]

describe('the way to the right runbook', () => {
  test('a restore is never advised while a healthy copy is answered to live', () => {
    const alive = walks.filter(isHealthyCopyAlive)
    expect(alive.length).toBeGreaterThan(150)
    const wrong = alive.filter((walk) => restores.has(adviceFor(walk.system, walk.situation).scenario ?? ''))
    expect(wrong).toEqual([])
  })

  test('a restore is advised only after the bucket was said to answer', () => {
    const restored = walks.filter(({ system, situation }) =>
      /^(KI-[34]|CH-[45]|KS-5|AR-[23]|KD-[12])$/.test(adviceFor(system, situation).scenario ?? ''),
    )
    expect(restored.length).toBeGreaterThan(20)
    expect(restored.filter(({ answers }) => answers['bucket'] !== 'reachable')).toEqual([])
  })

  test('nothing but looking for the key is advised while the key is lost', () => {
    const lost = walks.filter(({ answers }) => answers['key'] === 'lost')
    expect(new Set(lost.map(({ system }) => system))).toEqual(new Set(['kiok', 'chango', 'kindling']))
    for (const { system, situation } of lost) expect(adviceFor(system, situation).scenario).toBe('X-3')
  })

  test.each(rows)('in the situation %s each system has its scenario', (situation, ...scenarios: Cell[]) => {
    expect(systemNames.map((system) => adviceFor(system, situation).scenario)).toEqual(scenarios)
  })

  test('every row is reached for every system that has a scenario in it', () => {
    const reached = new Set(walks.map(({ system, situation }) => `${system} ${situation}`))
    const missing = systemNames.flatMap((system) =>
      situations
        .filter((situation) => adviceFor(system, situation).scenario !== null)
        .map((situation) => `${system} ${situation}`)
        .filter((cell) => !reached.has(cell)),
    )
    expect(missing).toEqual([])
    expect(new Set(walks.map(({ situation }) => situation))).toEqual(new Set(situations))
  })

  test('every scenario of the handbook is reached', () => {
    const reached = new Set(walks.map(({ system, situation }) => adviceFor(system, situation).scenario))
    reached.delete(null)
    const series = (letters: string, last: number): string[] =>
      Array.from({ length: last }, (_, place) => `${letters}-${place + 1}`)
    expect(reached).toEqual(
      new Set(
        [['X', 6], ['KI', 6], ['CH', 7], ['KS', 8], ['AR', 6], ['KD', 8]].flatMap(([letters, last]) =>
          series(String(letters), Number(last)),
        ),
      ),
    ) // prettier-ignore
  })

  test('every question is asked of somebody, and each advice is a sentence', () => {
    expect(new Set(walks.flatMap(({ answers }) => Object.keys(answers)))).toEqual(new Set(questionIds))
    for (const { system, situation } of walks) {
      expect(adviceFor(system, situation).sentence).toMatch(/^[A-Za-z].+\.$/)
    }
  })

  test('the advice depends on nothing but the answers on the way to it', () => {
    const anyAnswers = fc.record(
      Object.fromEntries(
        questionIds.map((id) => [
          id,
          fc.constantFrom(
            ...questionOf(id, 'kiok')
              .choices.slice(0, 2)
              .map((choice) => choice.id),
          ),
        ]),
      ),
    )
    fc.assert(
      fc.property(fc.constantFrom(...walks), anyAnswers, ({ system, answers, situation }, others) => {
        const asFound: FoundAnswers = Object.fromEntries(
          Object.entries(others).map(([id, choice]) => [id, { choice, because: 'It was seen.', at: null }]),
        )
        const of = (said: Readonly<Record<string, string>>) => triageOf(system, asFound, said)
        const expected = adviceFor(system, situation)
        expect(of(answers).advice).toEqual(expected)
        expect(of({ nonsense: 'x', ...answers }).advice).toEqual(expected)
        expect(of(answers).questions.map(({ id }) => id)).toEqual(Object.keys(answers))
        expect(triageSchema.parse(of(answers))).toEqual(of(answers))
      }),
      { numRuns: tries(1000), seed: 11 },
    )
  })
})

describe('answers', () => {
  const found = (choice: string) => ({
    choice,
    because: 'A probe has seen it.',
    at: '2026-11-21T02:00:00.000Z',
  })

  test('the first open question is the last one shown, and nothing is advised before it is answered', () => {
    const { questions, advice } = triageOf('kiok', { network: found('fine') }, { want: 'incident' })
    expect(questions.map(({ id }) => id)).toEqual(['want', 'network', 'key'])
    expect(advice).toBeNull()
  })

  test('what a probe found is answered already, and an operator overrules it', () => {
    const seen: FoundAnswers = { network: found('fine'), key: found('opens'), alive: found('all') }
    const open = triageOf('kiok', seen, { want: 'incident' })
    expect(open.questions.at(-1)?.id).toBe('ready')
    const overruled = triageOf('kiok', seen, { want: 'incident', network: 'ours' })
    expect(overruled.advice?.scenario).toBeNull()
    expect(overruled.advice?.sentence).toContain('this computer')
    expect(answersTold(overruled)).toEqual([
      {
        question: 'What is it about?',
        answer: 'Something is wrong',
        because: 'Said by the operator.',
      },
      {
        question: 'Does this computer reach anything else?',
        answer: 'No: other hosts and names fail, too',
        because: 'Said by the operator, against what was found (Yes): A probe has seen it.',
      },
    ])
  })

  test('what is no choice is refused of an operator, and not believed of a probe', () => {
    expect(() => triageOf('kiok', {}, { want: 'surprise' })).toThrow('"surprise" is no answer to')
    expect(triageOf('kiok', { want: found('surprise') }, {}).questions[0]?.found).toBeNull()
  })

  test.each(['notServing', 'lost'])(
    'a database of kindling that is %s after a restore goes back to what was moved aside',
    (database) => {
      const said = { want: 'incident', network: 'fine', key: 'opens', database, site: 'no' }
      expect(triageOf('kindling', {}, { ...said, wrongRestore: 'yes' }).advice?.scenario).toBe('KD-5')
    },
  )

  test('lost masters are looked at before anything is advised', () => {
    const said = { want: 'incident', network: 'fine', key: 'opens', alive: 'none', site: 'no' }
    expect(triageOf('chango', {}, { ...said, disks: 'notKnown' }).advice).toMatchObject({ scenario: null })
    expect(
      triageOf('chango', {}, { ...said, disks: 'all', bucket: 'reachable', newest: 'good', hosting: 'no' })
        .advice?.scenario,
    ).toBe('CH-4')
  })
})
