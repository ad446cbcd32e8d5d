import { printable } from '../../shared/domain/printable.ts'

/** What is asked before the window closes on jobs that have not ended. */
export interface QuitWords {
  readonly title: string
  /** One a job: which one it is, and what quitting does to it. */
  readonly lines: readonly string[]
  readonly stay: string
  readonly quit: string
}

export interface QuitQuestion {
  readonly type: 'question'
  readonly message: string
  readonly detail: string
  readonly buttons: string[]
  readonly defaultId: number
  readonly cancelId: number
}

const mostLines = 5

/** Whether the window may close: at once where nothing is to be asked, else as the operator answers. Escape means to stay. */
export function askBeforeQuit(words: QuitWords | null, ask: (question: QuitQuestion) => number): boolean {
  if (words === null) return true
  const { title, lines, stay, quit } = words
  const shown = lines.slice(0, mostLines).map(printable)
  const rest = lines.length - shown.length
  const answer = ask({
    type: 'question',
    message: title,
    detail: [...shown, ...(rest === 0 ? [] : [`And ${rest} more.`])].join('\n'),
    buttons: [stay, quit],
    defaultId: 0,
    cancelId: 0,
  })
  return answer === 1
}
