/** Time comes in as a port, so that tests are exact. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number
  /** Resolves after `ms`, or rejects with `cancelled` when the signal aborts first. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}
