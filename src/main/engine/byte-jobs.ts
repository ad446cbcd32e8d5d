import { isHoldfastError } from '../../shared/domain/error.ts'
import { cancelled } from '../../shared/domain/cancelled.ts'
import { createCreditWindow, type CreditWindow } from '../../shared/streams/credit-window.ts'
import { gatherPieces } from '../../shared/streams/gather-pieces.ts'
import { createMailbox, type Mailbox } from '../../shared/streams/mailbox.ts'
import { ownedPiece } from '../../shared/streams/owned-piece.ts'
import {
  windowBytes,
  type ByteJob,
  type CarriedError,
  type FromWorker,
  type ToWorker,
} from '../ports/byte-work-messages.ts'
import type { InspectResult, Walker } from '../ports/byte-work.ts'
import { inspectObject } from './envelope/inspect-object.ts'
import { openAuthentic } from './envelope/open-segments.ts'
import { sealSegments } from './envelope/seal-segments.ts'

/** A worker's line to its caller. */
export interface JobPort {
  post(message: FromWorker, moved: ArrayBuffer[]): void
  onMessage(listener: (message: ToWorker) => void): void
  /** What the worker's own heap has taken from the system. */
  heapBytes(): number
}

interface RunningJob {
  readonly arrived: Mailbox<ToWorker>
  readonly window: CreditWindow
  isAborted: boolean
}

/** The worker's side of the byte work: runs one job after the other for as long as the port lives. */
export function serveByteJobs(port: JobPort, walkers: ReadonlyMap<string, Walker>): void {
  let current: RunningJob | null = null
  port.onMessage((message) => {
    if (message.kind === 'start') {
      const running = {
        arrived: createMailbox<ToWorker>(),
        window: createCreditWindow(windowBytes),
        isAborted: false,
      }
      current = running
      void answer(message.job, running)
    } else if (current !== null) {
      receive(message, current)
    }
  })

  function receive(message: Exclude<ToWorker, { kind: 'start' }>, job: RunningJob): void {
    if (message.kind === 'credit') {
      job.window.give(message.sizeBytes)
      return
    }
    if (message.kind === 'abort') {
      job.isAborted = true
      job.window.close()
    }
    job.arrived.put(message)
  }

  async function answer(job: ByteJob, running: RunningJob): Promise<void> {
    const last = await run(job, running).then(
      (result): FromWorker => ({ kind: 'done', result, heapBytes: port.heapBytes() }),
      (error: unknown): FromWorker => ({ kind: 'failed', error: carry(error) }),
    )
    current = null
    port.post(last, [])
  }

  async function run(job: ByteJob, running: RunningJob): Promise<InspectResult | null> {
    // A walker is given what lies unsealed as it arrives, and may keep it; else pieces are done with when the next is taken.
    const isKept = job.kind === 'inspect' && job.task.opening === null && job.task.walk !== null
    const source = arriving(running, isKept)
    if (job.kind === 'inspect') return inspectObject(source, job.task, walkers)
    const made = job.kind === 'open' ? openAuthentic(source, job.opening) : sealSegments(source, job.opening)
    for await (const piece of gatherPieces(made)) {
      const bytes = ownedPiece(piece)
      if (!(await running.window.take(bytes.byteLength))) throw cancelled()
      port.post({ kind: 'piece', bytes }, [bytes.buffer])
    }
    return null
  }

  async function* arriving(running: RunningJob, isKept: boolean): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      const message = await running.arrived.take()
      if (running.isAborted) throw cancelled()
      if (message.kind !== 'piece') return
      const { bytes } = message
      const sizeBytes = bytes.byteLength
      yield bytes
      if (isKept) port.post({ kind: 'credit', sizeBytes, memory: null }, [])
      else port.post({ kind: 'credit', sizeBytes, memory: bytes }, [bytes.buffer])
    }
  }
}

function carry(error: unknown): CarriedError {
  if (isHoldfastError(error)) return { kind: 'expected', code: error.code, text: error.text }
  if (error instanceof Error)
    return { kind: 'unexpected', message: error.message, stack: error.stack ?? null }
  return { kind: 'unexpected', message: String(error), stack: null }
}
