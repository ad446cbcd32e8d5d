import { createInterface } from 'node:readline'

/** The next line of standard input; null at its end, or when the signal aborts. An operator's Enter, where a terminal is there. */
export async function readLine(signal: AbortSignal): Promise<string | null> {
  if (signal.aborted) return null
  const left = new AbortController()
  // Nobody sits there where it is no terminal: waiting for input must not keep the process, nor end it.
  const lines = process.stdin.isTTY ? createInterface({ input: process.stdin }) : null
  try {
    return await new Promise<string | null>((resolve) => {
      lines?.once('line', resolve)
      lines?.once('close', () => resolve(null))
      signal.addEventListener('abort', () => resolve(null), { signal: left.signal })
    })
  } finally {
    left.abort()
    lines?.close()
  }
}
