import type { HeldJob } from './held-job.ts'

/** At most this many at once: each already uses all the bandwidth and cores that it is given. */
const mostAtOnce = 3

/** Who runs when: in the order of coming, at most three at once, and never two of the same `exclusive`. */
export interface JobQueue {
  add(held: HeldJob): void
  /** True where it was still waiting. */
  remove(held: HeldJob): boolean
  /** Begins nothing any more; hands out what still waits. */
  close(): readonly HeldJob[]
}

/** `begin` runs a job and resolves, always, when it has ended. */
export function createJobQueue(begin: (held: HeldJob) => Promise<void>): JobQueue {
  let waiting: HeldJob[] = []
  let isOpen = true
  const running = new Set<HeldJob>()

  function isFree({ spec }: HeldJob): boolean {
    return spec.exclusive === null || [...running].every((one) => one.spec.exclusive !== spec.exclusive)
  }
  function fill(): void {
    while (isOpen && running.size < mostAtOnce) {
      const held = waiting.find(isFree)
      if (held === undefined) return
      remove(held)
      running.add(held)
      void begin(held).finally(() => {
        running.delete(held)
        fill()
      })
    }
  }
  function remove(held: HeldJob): boolean {
    const wasWaiting = waiting.includes(held)
    waiting = waiting.filter((one) => one !== held)
    return wasWaiting
  }

  return {
    add(held) {
      waiting.push(held)
      fill()
    },
    remove,
    close() {
      isOpen = false
      const left = waiting
      waiting = []
      return left
    },
  }
}
