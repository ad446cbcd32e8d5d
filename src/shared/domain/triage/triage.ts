import { HoldfastError } from '../error.ts'
import type { SystemName } from '../system-name.ts'
import { adviceFor, type Advice } from './advice.ts'
import { pathOf } from './path.ts'
import { questionOf, type Choice, type QuestionId } from './questions.ts'

/** An answer by a probe, or by what is remembered. */
export interface Found {
  readonly choice: string
  /** A sentence. */
  readonly because: string
  /** When it was seen; null where it has no time. */
  readonly at: string | null
}
export type FoundAnswers = Readonly<Partial<Record<QuestionId, Found>>>

export interface AskedQuestion {
  readonly id: QuestionId
  readonly question: string
  readonly choices: Choice[]
  readonly found: Found | null
  /** The operator's own; null where what was found counts, or nothing yet. */
  readonly answer: string | null
}

export interface Triage {
  /** In the order in which they are asked; ends with the first that is open. */
  readonly questions: AskedQuestion[]
  /** Null while a question is open. */
  readonly advice: Advice | null
}

/**
 * The way to the right runbook. An operator's answer overrules what was found; answers to questions that are not asked on
 * this way do not count. Throws `usage` for an answer that is none of its choices.
 */
export function triageOf(
  system: SystemName,
  found: FoundAnswers,
  answers: Readonly<Record<string, string>>,
): Triage {
  const path = pathOf(system)
  const questions: AskedQuestion[] = []
  let step = path.next()
  while (step.done !== true) {
    const asked = askedOf(step.value, system, found, answers)
    questions.push(asked)
    const choice = asked.answer ?? asked.found?.choice
    if (choice === undefined) return { questions, advice: null }
    step = path.next(choice)
  }
  return { questions, advice: adviceFor(system, step.value) }
}

/** How the operator came to a runbook, for its run: every answered question, in words. */
export function answersTold({ questions }: Pick<Triage, 'questions'>): readonly ToldAnswer[] {
  return questions.flatMap(({ question, choices, found, answer }) => {
    const label = (id: string | undefined): string => choices.find((each) => each.id === id)?.label ?? ''
    const counts = answer ?? found?.choice
    if (counts === undefined) return []
    const isOverruled = answer !== null && found !== null && answer !== found.choice
    const because = isOverruled
      ? `Said by the operator, against what was found (${label(found.choice)}): ${found.because}`
      : (found?.because ?? 'Said by the operator.')
    return [{ question, answer: label(counts), because }]
  })
}

export interface ToldAnswer {
  readonly question: string
  readonly answer: string
  readonly because: string
}

function askedOf(
  id: QuestionId,
  system: SystemName,
  found: FoundAnswers,
  answers: Readonly<Record<string, string>>,
): AskedQuestion {
  const { question, choices } = questionOf(id, system)
  const answer = Object.hasOwn(answers, id) ? (answers[id] ?? null) : null
  const isChoice = (choice: string): boolean => choices.some((each) => each.id === choice)
  if (answer !== null && !isChoice(answer)) {
    throw new HoldfastError('usage', {
      what: `${JSON.stringify(answer)} is no answer to “${question}”`,
      next: `Choose one of ${choices.map((each) => each.id).join(', ')}.`,
    })
  }
  const seen = found[id]
  return {
    id,
    question,
    choices: [...choices],
    found: seen !== undefined && isChoice(seen.choice) ? seen : null,
    answer,
  }
}
