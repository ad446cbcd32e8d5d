/** What has arrived and was not yet taken, in order. One reader. */
export interface Mailbox<T extends object> {
  put(item: T): void
  /** Waits for the next item. */
  take(): Promise<T>
}

export function createMailbox<T extends object>(): Mailbox<T> {
  const items: T[] = []
  let waiting: ((item: T) => void) | null = null
  return {
    put(item) {
      if (waiting === null) {
        items.push(item)
        return
      }
      const hand = waiting
      waiting = null
      hand(item)
    },
    take() {
      const item = items.shift()
      if (item !== undefined) return Promise.resolve(item)
      return new Promise((resolve) => {
        waiting = resolve
      })
    },
  }
}
