import { count } from './words.ts'

interface Parts {
  /** Subjects of the jobs that run or wait. */
  readonly running: () => Promise<readonly string[]>
  readonly say: (line: string) => void
  readonly end: () => void
}

/** What Ctrl-C does: it ends at once where nothing runs; else it says what would be interrupted, and the next one ends. */
export function endByInterrupt({ running, say, end }: Parts): () => Promise<void> {
  let isAsked = false
  return async () => {
    // What cannot be asked holds nobody.
    const subjects = isAsked ? [] : await running().catch(() => [])
    if (subjects.length === 0) return end()
    isAsked = true
    const [are, them] = subjects.length === 1 ? ['is', 'it'] : ['are', 'them']
    say(`${count(subjects.length, 'job')} ${are} running: ${subjects.slice(0, 5).join(', ')}.`)
    say(`Press Ctrl-C again to end and interrupt ${them}. Each can be resumed at the next start.`)
  }
}
