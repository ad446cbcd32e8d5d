import { createInterface } from 'node:readline'

/** The next line of standard input; null at its end. An operator's Enter, where a terminal is there. */
export async function readLine(signal: AbortSignal): Promise<string | null> {
  if (!process.stdin.isTTY) {
    // Nobody sits there: waiting for input must not keep the process, nor end it.
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }))
  }
  const lines = createInterface({ input: process.stdin })
  try {
    return await new Promise<string | null>((resolve) => {
      lines.once('line', resolve)
      lines.once('close', () => resolve(null))
      signal.addEventListener('abort', () => resolve(null), { once: true })
    })
  } finally {
    lines.close()
  }
}
