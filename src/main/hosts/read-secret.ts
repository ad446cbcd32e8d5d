import { cancelled, throwIfCancelled } from '../../shared/domain/cancelled.ts'
import { HoldfastError } from '../../shared/domain/error.ts'

/** Keys that came with the ones before them: pasted lines answer the questions after this one. */
let ahead = ''

/** What is typed at the terminal, without showing it; null where there is no terminal. */
export async function askSecret(question: string, signal: AbortSignal): Promise<string | null> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) return null
  // Before the question: what is typed as soon as it is read is not shown either.
  stdin.setRawMode(true)
  stderr.write(question)
  stdin.setEncoding('utf8')
  stdin.resume()
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = ''
      const end = (settle: () => void): void => {
        stdin.off('data', listen)
        signal.removeEventListener('abort', stop)
        settle()
      }
      const stop = (): void => end(() => reject(cancelled()))
      function listen(keys: string): void {
        let left = keys
        for (const key of keys) {
          left = left.slice(key.length)
          if (key === '\r' || key === '\n' || key === '\u0004') {
            ahead = left
            return end(() => resolve(typed))
          }
          // In raw mode Ctrl-C is a key like others.
          if (key === '\u0003') return stop()
          if (key === '\u007f' || key === '\b') typed = typed.replace(/.$/su, '')
          else if (key === '\u0015') typed = ''
          else typed += key
        }
      }
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      stdin.on('data', listen)
      const known = ahead
      ahead = ''
      if (known !== '') listen(known)
    })
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  }
}

const mostBytes = 64 * 1024

/** All that is piped in. Throws `usage` for what is more than a secret may have, or no text: a part of it would be another secret. */
export async function readStdin(signal: AbortSignal): Promise<string> {
  throwIfCancelled(signal)
  const stop = (): void => void process.stdin.destroy(cancelled())
  signal.addEventListener('abort', stop, { once: true })
  try {
    const pieces: Buffer[] = []
    let bytes = 0
    for await (const piece of process.stdin) {
      const part = Buffer.from(piece)
      bytes += part.byteLength
      if (bytes > mostBytes) throw refused(`It has more than ${mostBytes} bytes.`)
      pieces.push(part)
    }
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(pieces))
  } catch (error) {
    throw error instanceof TypeError ? refused('It is no text in UTF-8.') : error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function refused(why: string): HoldfastError {
  return new HoldfastError('usage', {
    what: 'What is piped in is no secret that can be kept.',
    why,
    unchanged: 'Nothing was stored.',
    next: 'A master key may have any bytes: give its file with --file.',
  })
}
