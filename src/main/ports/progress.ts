/** How far a long operation is. Totals are null while they are unknown; they are never guessed. */
export interface Progress {
  /** What is being done, as a short phrase. */
  readonly phase: string
  readonly doneBytes: number
  readonly totalBytes: number | null
}

/** Called often; a listener that shows something limits itself. */
export type ProgressListener = (progress: Progress) => void
