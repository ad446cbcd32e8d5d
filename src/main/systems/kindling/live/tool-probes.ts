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

export function toolQuestions(
  of: string,
  { tellsRunning }: Pick<BackupTool, 'tellsRunning'>,
): readonly Question[] {
  return [
    { id: 'tool', of, question: 'Backup tool', mark },
    { id: 'newest', of, question: 'Newest backup', mark },
    ...(tellsRunning ? [{ id: 'lock', of, question: 'Running backup', mark } as const] : []),
  ]
}

/**
 * What the tool on the first host tells of its backups; one run of it answers all. `whileRunning`: how a backup that runs now counts. False
 * where it did not tell.
 */
export async function probeTool(
  host: RemoteHost,
  tool: BackupTool,
  whileRunning: 'ok' | 'bad',
  { clock, signal, emit }: Asking,
): Promise<boolean> {
  const [status, ...others] = toolQuestions(host.name, tool)
  if (status === undefined) return false
  let seen: ToolState | null = null
  emit(
    await ask(status, clock, async () => {
      const state = await tool.look(host, signal)
      seen = state
      return state.status
    }),
  )
  const state: ToolState | null = seen
  for (const question of others) {
    if (state === null) emit(notAsked(question, `${tool.name} does not tell.`, clock))
    else {
      const answer =
        question.id === 'newest' ? newestAnswer(state, clock.now()) : runningAnswer(state, whileRunning)
      emit(await ask(question, clock, async () => Promise.resolve(answer)))
    }
  }
  return state !== null
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

function runningAnswer({ running }: ToolState, whileRunning: 'ok' | 'bad'): Answer {
  return running === null
    ? { state: 'ok', answer: 'None.' }
    : { state: whileRunning, answer: running, next: 'Wait until it has ended.' }
}
