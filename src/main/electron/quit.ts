/** What runs, for the question before quitting. */
export interface RunningWork {
  /** Subjects of the jobs that run or wait, for people. */
  readonly running: () => readonly string[]
}

export interface QuitQuestion {
  readonly type: 'question'
  readonly message: string
  readonly detail: string
  readonly buttons: string[]
  readonly defaultId: number
  readonly cancelId: number
}

/** Whether the window may close: at once where nothing runs, else as the operator answers. Escape means to stay. */
export function askBeforeQuit(work: RunningWork, ask: (question: QuitQuestion) => number): boolean {
  const running = work.running()
  if (running.length === 0) return true
  const answer = ask({
    type: 'question',
    message: running.length === 1 ? 'A job is running.' : `${running.length} jobs are running.`,
    detail: `${running.slice(0, 5).join('\n')}\n\nQuitting interrupts them. Each can be resumed at the next start; nothing is half done meanwhile.`,
    buttons: ['Keep running', 'Quit'],
    defaultId: 0,
    cancelId: 0,
  })
  return answer === 1
}
