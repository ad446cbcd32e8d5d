import { isJsonObject, readJsonObject } from '../../../shared/domain/strict-json.ts'

/**
 * What this console keeps beside the untouched manifest of a backup that it made itself. Reference format: armada knows
 * nothing of it, and its tools pass it over.
 */
export const sidecarName = 'holdfast.json'
export const sidecarFormat = 'holdfast-armada/1'

export interface SidecarTable {
  /** Of the stored bytes, lower-case hex. */
  readonly sha256: string
  /** Of the stored bytes. */
  readonly sizeBytes: number
  readonly keys: number
}

export interface SidecarFacts {
  readonly serverVersion: string | null
  /** As the server gave them: `<table>: <error>` [from source: storage/engine.go:280-317]; null where no server was asked. */
  readonly statusErrors: readonly string[] | null
  readonly tables: ReadonlyMap<string, SidecarTable>
}

export type Sidecar =
  | { readonly kind: 'none' }
  | { readonly kind: 'facts'; readonly facts: SidecarFacts }
  /** There, but not what it should be. */
  | { readonly kind: 'wrong'; readonly reason: string }
  /** Of another format, perhaps of a newer console. */
  | { readonly kind: 'unknown'; readonly format: string }
  | { readonly kind: 'unreachable'; readonly reason: string }

export function readSidecar(bytes: Uint8Array): Sidecar {
  const json = readJsonObject(bytes)
  if (!json.ok) return wrong(json.reason)
  const { format, serverVersion = null, statusErrors, tables } = json.value
  if (typeof format !== 'string') return wrong('it names no format')
  if (format !== sidecarFormat) return { kind: 'unknown', format }
  if (serverVersion !== null && typeof serverVersion !== 'string')
    return wrong('its serverVersion is no text')
  const errors = statusErrors === notAsked ? null : textsIn(statusErrors)
  if (errors === undefined) return wrong('its statusErrors are no list of texts')
  if (!isJsonObject(tables)) return wrong('its tables are no object')
  const read = new Map<string, SidecarTable>()
  for (const [name, table] of Object.entries(tables)) {
    const one = readTable(table)
    if (one === null) return wrong(`its entry of a table lacks sha256, size or keys`)
    read.set(name, one)
  }
  return { kind: 'facts', facts: { serverVersion, statusErrors: errors, tables: read } }
}

/** In the place of the errors: nothing that a damaged byte makes by itself. */
const notAsked = 'notAsked'

function textsIn(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined
}

/** The sidecar as it is stored; tables in the order of their names. */
export function sidecarBytes({ serverVersion, statusErrors, tables }: SidecarFacts): Uint8Array {
  const sorted = [...tables].sort(([a], [b]) => (a < b ? -1 : 1))
  // A table may be called __proto__: assigning that name would lose it.
  const entries = Object.fromEntries(
    sorted.map(([name, { sha256, sizeBytes, keys }]) => [name, { sha256, size: sizeBytes, keys }]),
  )
  const errors = statusErrors ?? notAsked
  const document = { format: sidecarFormat, serverVersion, statusErrors: errors, tables: entries }
  return Buffer.from(`${JSON.stringify(document, null, 2)}\n`, 'utf8')
}

function readTable(value: unknown): SidecarTable | null {
  if (!isJsonObject(value)) return null
  const { sha256, size, keys } = value
  if (typeof sha256 !== 'string' || !/^[0-9a-fA-F]{64}$/.test(sha256)) return null
  if (!isCount(size) || !isCount(keys)) return null
  return { sha256: sha256.toLowerCase(), sizeBytes: size, keys }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function wrong(reason: string): Sidecar {
  return { kind: 'wrong', reason }
}
