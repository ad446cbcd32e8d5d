/** Bounds how many bytes are under way to somebody who says when they were taken. One sender. */
export interface CreditWindow {
  /** Waits until these bytes may be sent; false once the window is closed. A piece larger than the window goes alone. */
  take(sizeBytes: number): Promise<boolean>
  give(sizeBytes: number): void
  /** Nobody takes any more: who waits is told. */
  close(): void
}

export function createCreditWindow(windowBytes: number): CreditWindow {
  let underWayBytes = 0
  let isClosed = false
  let wake: () => void = () => undefined
  return {
    async take(sizeBytes) {
      while (!isClosed && underWayBytes > 0 && underWayBytes + sizeBytes > windowBytes) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      underWayBytes += sizeBytes
      return !isClosed
    },
    give(sizeBytes) {
      underWayBytes -= sizeBytes
      wake()
    },
    close() {
      isClosed = true
      wake()
    },
  }
}
