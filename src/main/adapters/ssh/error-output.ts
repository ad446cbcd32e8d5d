import { Buffer } from 'node:buffer'
import { printable } from '../../../shared/domain/printable.ts'
import type { RemoteCommand } from './remote-command.ts'

/** How much of the end is kept. */
const keptBytes = 64 * 1024

export interface ErrorOutputListener {
  /** sudo asks for the password. */
  readonly onPrompt: () => void
  /** The command begins. */
  readonly onMark: () => void
  /** Takes out of what is shown what was sent as a secret: whoever was sent it may repeat it. */
  readonly blot: (text: string) => string
}

export interface ErrorOutput {
  take(piece: Uint8Array): void
  readonly hasBegun: boolean
  /** What was said by others than the command, before it; without prompts, in one line. */
  said(): string
  /** The end of what the command said. */
  text(): string
}

/**
 * Reads standard error: what sudo and login shells say up to the mark, and the command's own words after it. A prompt counts
 * only before the mark: after it the command speaks, which may have read the prompt in the list of processes.
 */
export function readErrorOutput(
  { mark, prompt }: Pick<RemoteCommand, 'mark' | 'prompt'>,
  { onPrompt, onMark, blot }: ErrorOutputListener,
): ErrorOutput {
  const markLine = Buffer.from(`${mark}\n`)
  let before = Buffer.alloc(0)
  let said = ''
  const after: Uint8Array[] = []
  let afterBytes = 0
  let hasBegun = false

  function keep(piece: Uint8Array): void {
    if (piece.byteLength === 0) return
    after.push(Uint8Array.from(piece))
    afterBytes += piece.byteLength
    while (afterBytes - (after[0]?.byteLength ?? 0) >= keptBytes) {
      afterBytes -= after.shift()?.byteLength ?? 0
    }
  }

  return {
    get hasBegun() {
      return hasBegun
    },
    take(piece) {
      if (hasBegun) return keep(piece)
      before = Buffer.concat([before, piece])
      const markAt = before.indexOf(markLine)
      const ours = markAt === -1 ? before : before.subarray(0, markAt)
      let asked = 0
      let from = 0
      if (prompt !== null) {
        for (let at = ours.indexOf(prompt); at !== -1; at = ours.indexOf(prompt, from)) {
          said += ours.toString('utf8', from, at)
          from = at + prompt.length
          asked += 1
        }
      }
      if (markAt !== -1) {
        said = (said + ours.toString('utf8', from)).slice(-keptBytes)
        const rest = before.subarray(markAt + markLine.length)
        before = Buffer.alloc(0)
        hasBegun = true
        keep(rest)
      } else {
        // What may still be the beginning of a mark or a prompt stays.
        const restFrom = Math.max(from, before.length - keptBytes)
        before = Buffer.from(before.subarray(restFrom))
      }
      for (; asked > 0; asked -= 1) onPrompt()
      if (hasBegun) onMark()
    },
    said: () =>
      printable(blot(`${said}${before.toString('utf8')}`))
        .replace(/\s+/g, ' ')
        .trim()
        .slice(-500),
    text: () => printable(blot(Buffer.concat(after).subarray(-keptBytes).toString('utf8'))),
  }
}
