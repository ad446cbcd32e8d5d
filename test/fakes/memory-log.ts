import type { Log } from '../../src/main/ports/log.ts'

export interface MemoryLog extends Log {
  readonly lines: readonly string[]
  /** What it was told never to write, as text. */
  readonly secrets: readonly string[]
}

/** Keeps its lines in memory, as they were given: nothing is blotted out. */
export function memoryLog(): MemoryLog {
  const lines: string[] = []
  const secrets: string[] = []
  return {
    lines,
    secrets,
    info: (event, facts = {}) => void lines.push(`${event} ${JSON.stringify(facts)}`),
    incident(event, error) {
      lines.push(`${event} ${String(error)}`)
      return `incident-${lines.length}`
    },
    neverWrite: (secret) =>
      void secrets.push(typeof secret === 'string' ? secret : Buffer.from(secret).toString('utf8')),
  }
}
