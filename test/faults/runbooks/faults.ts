/** What a runbook meets, at each of its actions. */
export const runbookFaults = [
  'desktop killed before',
  'desktop killed after',
  'SSH cut',
  'host rebooted',
  'disk full',
  'S3 cut',
  'second operator',
] as const
export type RunbookFault = (typeof runbookFaults)[number]

/** One run of one runbook that met one fault at some of its actions. */
export interface RunbookOutcome {
  readonly runbook: string
  readonly fault: RunbookFault
  /** By step: what the run said then, and what the look at it found; null where nobody had to look. */
  readonly struck: readonly { readonly step: string; readonly said: string; readonly found: string | null }[]
  /** Of what changes something, that which its hosts and masters were told although it had been done. */
  readonly sentTwice: number
  readonly end: 'old' | 'new' | 'between'
  /** Where it could not go on and was taken back; null: it went to its end. */
  readonly stuckAt: string | null
}
