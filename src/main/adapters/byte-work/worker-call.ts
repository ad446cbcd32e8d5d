import { HoldfastError } from '../../../shared/domain/error.ts'
import { cancelled, throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import { createCreditWindow } from '../../../shared/streams/credit-window.ts'
import { gatherPieces } from '../../../shared/streams/gather-pieces.ts'
import { createMailbox } from '../../../shared/streams/mailbox.ts'
import { ownedPiece } from '../../../shared/streams/owned-piece.ts'
import { returnMemory } from '../../../shared/streams/piece-pool.ts'
import type { SourceReader } from '../../../shared/streams/source-reader.ts'
import { windowBytes, type ByteJob, type CarriedError } from '../../ports/byte-work-messages.ts'
import type { InspectResult, OpeningKey } from '../../ports/byte-work.ts'
import type { ThreadEvent, WorkerThread } from './worker-thread.ts'

/** One job on one thread. */
export interface WorkerCall {
  /** What the worker makes, and at the end its result. Ends with `cancelled` when the signal aborts. */
  readonly pieces: AsyncGenerator<Uint8Array, InspectResult | null, void>
  /** Resolves once the thread is done with the job, however the call ended, with what its heap has taken. Never rejects. */
  readonly ended: Promise<number>
}

/** An aborted worker stops at the next piece; one that has not by then hangs in a fault of its own and is ended. */
const graceMs = 2_000

type CallEvent =
  ThreadEvent | { readonly kind: 'aborted' } | { readonly kind: 'sourceFailed'; readonly error: unknown }

/** Throws where the job cannot be sent; the signal must not have aborted yet. */
export function startCall(
  thread: WorkerThread,
  job: ByteJob,
  { source, signal }: { readonly source: SourceReader; readonly signal: AbortSignal },
): WorkerCall {
  const inbox = createMailbox<CallEvent>()
  const window = createCreditWindow(windowBytes)
  let markEnded: (heapBytes: number) => void = () => undefined
  const ended = new Promise<number>((resolve) => {
    markEnded = resolve
  })
  let isEnded = false
  let isStopped = false
  let grace: NodeJS.Timeout | undefined

  function hear(event: ThreadEvent): void {
    if (event.kind === 'credit') {
      if (event.memory !== null) returnMemory(event.memory)
      window.give(event.sizeBytes)
      return
    }
    if (event.kind !== 'piece') {
      isEnded = true
      stop()
      clearTimeout(grace)
      markEnded(event.kind === 'done' ? event.heapBytes : 0)
    }
    inbox.put(event)
  }

  /** Nothing more goes to the worker but, where it is still at work, the wish to end. */
  function stop(): void {
    if (isStopped) return
    isStopped = true
    window.close()
    signal.removeEventListener('abort', onAbort)
    void source.close()
    if (isEnded) return
    thread.post({ kind: 'abort' })
    grace = setTimeout(() => void thread.terminate(), graceMs)
    grace.unref()
  }

  function onAbort(): void {
    stop()
    inbox.put({ kind: 'aborted' })
  }

  async function feed(): Promise<void> {
    try {
      for await (const piece of gatherPieces(source)) {
        if (!(await window.take(piece.byteLength))) return
        postPiece(thread, piece)
      }
      if (!isStopped) thread.post({ kind: 'end' })
    } catch (error) {
      inbox.put({ kind: 'sourceFailed', error })
    }
  }

  async function* pieces(): AsyncGenerator<Uint8Array, InspectResult | null, void> {
    try {
      for (;;) {
        const event = await inbox.take()
        throwIfCancelled(signal)
        switch (event.kind) {
          case 'piece': {
            const sizeBytes = event.bytes.byteLength
            yield event.bytes
            if (!isEnded) thread.post({ kind: 'credit', sizeBytes })
            break
          }
          case 'credit':
            break
          case 'done':
            return event.result
          case 'failed':
            throw revive(event.error)
          case 'died':
            throw workerLost(event.error)
          case 'sourceFailed':
            throw event.error
          case 'aborted':
            throw cancelled()
        }
      }
    } finally {
      stop()
    }
  }

  thread.listen(hear)
  thread.post({ kind: 'start', job: ownedJob(job) })
  signal.addEventListener('abort', onAbort, { once: true })
  void feed()
  return { pieces: pieces(), ended }
}

function postPiece(thread: WorkerThread, piece: Uint8Array): void {
  const bytes = ownedPiece(piece)
  try {
    thread.post({ kind: 'piece', bytes }, [bytes.buffer])
  } catch {
    // Whoever made this buffer has forbidden to move it.
    const copy = new Uint8Array(bytes)
    thread.post({ kind: 'piece', bytes: copy }, [copy.buffer])
  }
}

/** A clone takes the whole buffer behind a view along: keys and headers go in buffers of their own. */
function ownedJob(job: ByteJob): ByteJob {
  if (job.kind !== 'inspect') return { ...job, opening: ownedOpening(job.opening) }
  const { opening } = job.task
  return opening === null ? job : { ...job, task: { ...job.task, opening: ownedOpening(opening) } }
}

function ownedOpening({ header, headerBytes, dataKey }: OpeningKey): OpeningKey {
  return { header, headerBytes: new Uint8Array(headerBytes), dataKey: new Uint8Array(dataKey) }
}

function revive(error: CarriedError): Error {
  if (error.kind === 'expected') return new HoldfastError(error.code, error.text)
  const revived = new Error(error.message)
  if (error.stack !== null) revived.stack = error.stack
  return revived
}

function workerLost(cause: Error): HoldfastError {
  return new HoldfastError(
    'internal',
    { what: 'A worker thread ended while it read or made an object.', next: 'Run it again.' },
    { cause },
  )
}
