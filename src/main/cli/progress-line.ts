import { printable } from '../../shared/domain/printable.ts'
import type { Clock } from '../ports/clock.ts'
import type { Progress, ProgressListener } from '../ports/progress.ts'
import type { Stream } from './output.ts'
import { bytesInWords, durationInWords } from './words.ts'

export interface ProgressLine {
  readonly listener: ProgressListener
  /** Clears the bar, so that what follows begins on a clean line. */
  end(): void
}

/** On a terminal a line that redraws itself, at most ten times a second; elsewhere lines, at most one a second. */
export function createProgressLine(stderr: Stream, clock: Clock): ProgressLine {
  let phase = ''
  let startedAt = 0
  let drawnAt = 0
  let tenth = -1
  let isDrawn = false
  const begin = (progress: Progress, now: number): void => {
    phase = progress.phase
    startedAt = now
    drawnAt = stderr.isTerminal ? 0 : now
    tenth = -1
  }
  return {
    listener(progress) {
      const now = clock.now()
      if (progress.phase !== phase) begin(progress, now)
      if (now - drawnAt < (stderr.isTerminal ? 100 : 1000)) return
      if (stderr.isTerminal) {
        isDrawn = true
        stderr.write(
          `\r${printable(describe(progress, now - startedAt)).slice(0, stderr.columns - 1)}\u001b[K`,
        )
      } else {
        const reached = progress.totalBytes ? Math.floor((progress.doneBytes / progress.totalBytes) * 10) : 0
        if (reached === tenth) return
        tenth = reached
        stderr.write(`${printable(describe(progress, now - startedAt))}\n`)
      }
      drawnAt = now
    },
    end() {
      if (isDrawn) stderr.write('\r\u001b[K')
      isDrawn = false
    },
  }
}

function describe({ phase, doneBytes, totalBytes }: Progress, elapsedMs: number): string {
  if (totalBytes === null || totalBytes === 0) return `${phase}: ${bytesInWords(doneBytes)}`
  const share = doneBytes / totalBytes
  const rate = elapsedMs > 0 ? (doneBytes / elapsedMs) * 1000 : 0
  const left =
    rate > 0 && share < 1 ? `, ${durationInWords(((totalBytes - doneBytes) / rate) * 1000)} left` : ''
  const speed = rate > 0 ? `, ${bytesInWords(Math.round(rate))}/s` : ''
  return `${phase}: ${Math.floor(share * 100)} % of ${bytesInWords(totalBytes)}${speed}${left}`
}
