import type { ErrorCode, ErrorText } from '../../shared/domain/error.ts'
import type { InspectResult, InspectTask, OpeningKey } from './byte-work.ts'

/**
 * What a caller's thread and a worker say to each other. One job at a time: `start`, then pieces up to `end`; the worker
 * answers with pieces and at last with exactly one `done` or `failed`, also after an `abort`. Who has taken a piece says
 * so with `credit`, and no more than `windowBytes` are under way in either direction. Pieces are moved, not copied.
 */
export type ToWorker =
  | { readonly kind: 'start'; readonly job: ByteJob }
  | { readonly kind: 'piece'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end' }
  | { readonly kind: 'credit'; readonly sizeBytes: number }
  | { readonly kind: 'abort' }

export type FromWorker =
  | { readonly kind: 'piece'; readonly bytes: Uint8Array }
  /** `memory` is the piece's own, moved back to be used again; null where it may still be held. */
  | { readonly kind: 'credit'; readonly sizeBytes: number; readonly memory: Uint8Array<ArrayBuffer> | null }
  /** `result` is null for `open` and `seal`; `heapBytes` is what the worker's own heap has taken by now. */
  | { readonly kind: 'done'; readonly result: InspectResult | null; readonly heapBytes: number }
  | { readonly kind: 'failed'; readonly error: CarriedError }

export type ByteJob =
  | { readonly kind: 'inspect'; readonly task: InspectTask }
  | { readonly kind: 'open' | 'seal'; readonly opening: OpeningKey }

/** An error on its way between threads; classes do not survive it. */
export type CarriedError =
  | { readonly kind: 'expected'; readonly code: ErrorCode; readonly text: ErrorText }
  | { readonly kind: 'unexpected'; readonly message: string; readonly stack: string | null }

export const windowBytes = 4 * 1024 * 1024
