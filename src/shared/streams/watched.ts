import { createCreditWindow } from './credit-window.ts'
import { createMailbox } from './mailbox.ts'
import { copiesOf } from './piece-pool.ts'

type Copied = { readonly kind: 'piece'; readonly bytes: Uint8Array } | { readonly kind: 'end' }

/**
 * The pieces as they come, while `watch` reads a copy of each beside whoever takes them, at most `aheadBytes` behind. Ends
 * normally only after `watch` has, with what it found. An error of the source or of `watch` is thrown here; whoever leaves early
 * aborts `watch` and waits for its end. One that ends before the source does hinders nobody.
 */
export async function* watched<T>(
  source: AsyncIterable<Uint8Array>,
  watch: (copies: AsyncIterable<Uint8Array>, signal: AbortSignal) => Promise<T>,
  aheadBytes: number,
): AsyncGenerator<Uint8Array, T, void> {
  const copied = createMailbox<Copied>()
  const window = createCreditWindow(aheadBytes)
  const leave = new AbortController()
  async function* copies(): AsyncGenerator<Uint8Array, void, void> {
    for (let next = await copied.take(); next.kind === 'piece'; next = await copied.take()) {
      window.give(next.bytes.byteLength)
      yield next.bytes
    }
  }
  const watching = watch(copies(), leave.signal).finally(() => window.close())
  // Of an error it is heard where the watching is awaited.
  watching.catch(() => undefined)
  let isOver = false
  try {
    for await (const piece of source) {
      if (await window.take(piece.byteLength))
        for (const bytes of copiesOf(piece)) copied.put({ kind: 'piece', bytes })
      else await watching
      yield piece
    }
    copied.put({ kind: 'end' })
    const found = await watching
    isOver = true
    return found
  } finally {
    if (!isOver) {
      leave.abort()
      copied.put({ kind: 'end' })
      await watching.catch(() => undefined)
    }
  }
}
