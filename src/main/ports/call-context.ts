import type { Log } from './log.ts'

/** Who calls, as the shell that carries the call knows it. */
export interface CallContext {
  readonly shell: 'electron' | 'browser' | 'commandLine'
  readonly log: Log
}
