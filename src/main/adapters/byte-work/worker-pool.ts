import { throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import { createSlots } from '../../../shared/streams/slots.ts'
import { readSource } from '../../../shared/streams/source-reader.ts'
import type { ByteJob } from '../../ports/byte-work-messages.ts'
import type { ByteWork, InspectResult } from '../../ports/byte-work.ts'
import { startCall } from './worker-call.ts'
import { startThread, type WorkerThread } from './worker-thread.ts'

interface PoolOptions {
  /** Threads at most; each is started when it is first needed. */
  readonly parallel: number
  /** The file of the worker's side. */
  readonly workerUrl: URL
}

/** A thread whose heap has grown beyond that keeps it for as long as it lives: V8 gives back little of what lies idle. */
const largestIdleHeapBytes = 48 * 1024 * 1024

/**
 * The byte work in worker threads. A call whose source is another call's output needs two places at once. A thread that
 * dies ends its call with `internal` and is replaced; `close` ends all calls with `cancelled`.
 */
export function createWorkerPool({ parallel, workerUrl }: PoolOptions): ByteWork {
  const slots = createSlots(parallel)
  const threads = new Set<WorkerThread>()
  const idle: WorkerThread[] = []
  const closing = new AbortController()

  function takeThread(): WorkerThread {
    for (;;) {
      const thread = idle.pop()
      if (thread?.isAlive() === true) return thread
      if (thread === undefined) break
      threads.delete(thread)
    }
    const thread = startThread(workerUrl)
    threads.add(thread)
    return thread
  }

  function giveBack(thread: WorkerThread, heapBytes: number): void {
    thread.setBusy(false)
    if (!thread.isAlive()) threads.delete(thread)
    else if (heapBytes <= largestIdleHeapBytes) idle.push(thread)
    else void thread.terminate().then(() => threads.delete(thread))
    slots.free()
  }

  async function* run(
    job: ByteJob,
    source: AsyncIterable<Uint8Array>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, InspectResult | null, void> {
    const stop = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal])
    const reader = readSource(source)
    try {
      await slots.take(stop)
      const call = callOnThread(job, { source: reader, signal: stop })
      return yield* call.pieces
    } finally {
      await reader.close()
    }
  }

  /** The caller holds a place; it is free again once the thread is. */
  function callOnThread(job: ByteJob, input: Parameters<typeof startCall>[2]): ReturnType<typeof startCall> {
    let thread: WorkerThread | null = null
    try {
      throwIfCancelled(input.signal)
      thread = takeThread()
      const used = thread
      used.setBusy(true)
      const call = startCall(used, job, input)
      void call.ended.then((heapBytes) => giveBack(used, heapBytes))
      return call
    } catch (error) {
      if (thread === null) slots.free()
      else giveBack(thread, 0)
      throw error
    }
  }

  return {
    parallel,
    async inspect(source, task, signal) {
      const call = run({ kind: 'inspect', task }, source, signal)
      const end = await call.next()
      if (end.done !== true || end.value === null) throw new Error('An inspection ended without a result.')
      return end.value
    },
    open: (source, opening, signal) => run({ kind: 'open', opening }, source, signal),
    seal: (source, opening, signal) => run({ kind: 'seal', opening }, source, signal),
    async close() {
      closing.abort()
      await Promise.all([...threads].map((thread) => thread.terminate()))
    },
  }
}
