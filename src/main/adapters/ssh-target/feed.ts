/** Hands pieces from whoever has them to whoever asks for them, one at a time: the giver waits until it was asked. */
export interface Feed {
  /** Resolves when the piece has been used; rejects with what the feed was ended with. */
  give(piece: Uint8Array): Promise<void>
  /** The source ends once it is asked again. */
  end(): void
  /** Whoever gives from now on, or waits, hears of it. */
  fail(error: Error): void
  readonly source: AsyncIterable<Uint8Array>
}

interface Waiting {
  readonly piece: Uint8Array
  readonly used: () => void
  readonly failed: (error: Error) => void
}

export function createFeed(): Feed {
  let given: Waiting | null = null
  let isEnded = false
  let failure: Error | null = null
  let wake = (): void => undefined
  const current = (): Waiting | null => given
  return {
    async give(piece) {
      if (failure !== null) throw failure
      await new Promise<void>((used, failed) => {
        given = { piece, used, failed }
        wake()
      })
    },
    end() {
      isEnded = true
      wake()
    },
    fail(error) {
      failure ??= error
      given?.failed(failure)
      given = null
    },
    source: (async function* () {
      for (;;) {
        const now = current()
        if (now !== null) {
          yield now.piece
          // Asked again: it has been used. What has failed meanwhile is told to the giver already.
          if (current() === now) given = null
          now.used()
        } else if (isEnded) {
          return
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    })(),
  }
}
