import { Worker } from 'node:worker_threads'
import type { FromWorker, ToWorker } from '../../ports/byte-work-messages.ts'

/** What comes out of a thread: what its worker says, or that there is none any more. */
export type ThreadEvent = FromWorker | { readonly kind: 'died'; readonly error: Error }

/** One worker thread. It keeps the process alive only while it is busy, or on its way to its end. */
export interface WorkerThread {
  readonly isAlive: () => boolean
  setBusy(isBusy: boolean): void
  /** `moved`: buffers that are no longer the caller's. Throws a DataCloneError for what cannot be sent. */
  post(message: ToWorker, moved?: ArrayBuffer[]): void
  /** One listener; another one takes its place. */
  listen(listener: (event: ThreadEvent) => void): void
  /** Resolves once the thread has ended; its listener has then heard of it. */
  terminate(): Promise<void>
}

export function startThread(workerUrl: URL): WorkerThread {
  const worker = new Worker(workerUrl, { name: 'byte work' })
  worker.unref()
  let isAlive = true
  let isEnding = false
  let tell: (event: ThreadEvent) => void = () => undefined

  function die(error: Error): void {
    if (!isAlive) return
    isAlive = false
    tell({ kind: 'died', error })
  }

  worker.on('message', (message: FromWorker) => tell(message))
  worker.on('messageerror', (error: Error) => {
    die(error)
    void terminate()
  })
  worker.on('error', (error) => die(error instanceof Error ? error : new Error(String(error))))
  worker.on('exit', (status) => die(new Error(`A worker thread ended with status ${status}.`)))

  async function terminate(): Promise<void> {
    isEnding = true
    await worker.terminate()
  }

  return {
    isAlive: () => isAlive,
    setBusy(isBusy) {
      // A call that ends meanwhile must not let go of it: whoever waits for the end would wait in a process that ends first.
      if (isBusy || isEnding) worker.ref()
      else worker.unref()
    },
    post: (message, moved) => worker.postMessage(message, moved),
    listen(listener) {
      tell = listener
    },
    terminate,
  }
}
