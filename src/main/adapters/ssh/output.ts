import { Buffer } from 'node:buffer'
import type { Readable } from 'node:stream'

/** More than that is not taken from the channel before somebody reads it. */
const waitingBytes = 256 * 1024
/** What login shells say before a command is dropped; more is no greeting. */
const longestGreetingBytes = 64 * 1024

export interface Output {
  /** Pieces after the mark. Ends with `close`; throws what `close` was given. */
  pieces(): AsyncGenerator<Uint8Array>
  close(failure?: Error): void
}

/** A command's standard output from the line of the mark on, with back pressure. */
export function readOutput(channel: Readable, mark: string): Output {
  const markLine = Buffer.from(`${mark}\n`)
  const waiting: Uint8Array[] = []
  let waitingNow = 0
  let greeting: Buffer | null = Buffer.alloc(0)
  let closed: { readonly failure: Error | undefined } | null = null
  let wake = (): void => undefined

  channel.on('data', (piece: Buffer) => {
    const bytes = greeting === null ? piece : afterMark(piece)
    if (bytes === null || bytes.byteLength === 0 || closed !== null) return
    waiting.push(bytes)
    waitingNow += bytes.byteLength
    if (waitingNow >= waitingBytes) channel.pause()
    wake()
  })

  function afterMark(piece: Buffer): Uint8Array | null {
    const all: Buffer = Buffer.concat([greeting ?? Buffer.alloc(0), piece])
    const at = all.indexOf(markLine)
    if (at !== -1) {
      greeting = null
      return all.subarray(at + markLine.length)
    }
    greeting = all.subarray(-longestGreetingBytes)
    return null
  }

  return {
    async *pieces() {
      for (;;) {
        const piece = waiting.shift()
        if (closed !== null && closed.failure !== undefined) throw closed.failure
        if (piece !== undefined) {
          waitingNow -= piece.byteLength
          yield piece
        } else if (closed !== null) {
          return
        } else {
          const more = new Promise<void>((resolve) => {
            wake = resolve
          })
          channel.resume()
          await more
        }
      }
    },
    close(failure) {
      closed ??= { failure }
      // The rest of a command that is given up must not hold up the connection.
      if (failure !== undefined) channel.resume()
      wake()
    },
  }
}
