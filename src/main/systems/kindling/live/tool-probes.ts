import type { Probe } from '../../../../shared/contract/masters.ts'
import { ageWords } from '../../../../shared/domain/size-words.ts'
import { ask, notAsked, type Answer, type Question } from '../../../engine/live/ask.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { BackupTool, ToolState } from './backup-tool.ts'

export interface Asking {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly emit: (probe: Probe) => void
}

const mark = 'source'

export function toolQuestions(of: string) {
  return {
    status: { id: 'tool', of, question: 'Backup tool', mark },
    newest: { id: 'newest', of, question: 'Newest backup', mark },
    running: { id: 'lock', of, question: 'Running backup', mark },
  } as const satisfies Record<string, Question>
}

/** What the tool on the first host tells of its backups; one run of it answers all. `whileRunning`: how a backup that runs now counts. */
export async function probeTool(
  host: RemoteHost,
  tool: BackupTool,
  whileRunning: 'ok' | 'bad',
  { clock, signal, emit }: Asking,
): Promise<void> {
  const questions = toolQuestions(host.name)
  let seen: ToolState | null = null
  emit(
    await ask(questions.status, clock, async () => {
      const state = await tool.look(host, signal)
      seen = state
      return state.status
    }),
  )
  const state: ToolState | null = seen
  for (const question of [questions.newest, questions.running]) {
    if (state === null) emit(notAsked(question, `${tool.name} does not tell.`, clock))
    else {
      const answer =
        question === questions.newest
          ? newestAnswer(state, clock.now())
          : runningAnswer(state, tool, whileRunning)
      emit(await ask(question, clock, async () => Promise.resolve(answer)))
    }
  }
}

function newestAnswer({ backups }: ToolState, nowMs: number): Answer {
  const newest = backups.find(({ isUsable }) => isUsable)
  const [last] = backups
  const evidence = backups.length === 0 ? 'no backup is listed' : `${backups.length} listed`
  const broken = last !== undefined && last.flaw !== null ? ` The last one, ${last.id}: ${last.flaw}` : ''
  if (newest === undefined)
    return { state: 'warning', answer: `There is none.${broken}`, evidence, next: 'Take a full one.' }
  const age =
    newest.endedMs === null
      ? 'of an age that is not told'
      : `${ageWords(Math.max(0, nowMs - newest.endedMs))} old`
  return {
    state: broken === '' ? 'ok' : 'warning',
    answer: `${newest.id} (${newest.type}), ${age}.${broken}`,
    evidence,
  }
}

function runningAnswer({ running }: ToolState, { name }: BackupTool, whileRunning: 'ok' | 'bad'): Answer {
  if (running !== null) return { state: whileRunning, answer: running, next: 'Wait until it has ended.' }
  return name === 'Barman'
    ? { state: 'unknown', answer: 'Barman does not tell whether one runs.' }
    : { state: 'ok', answer: 'None.' }
}
