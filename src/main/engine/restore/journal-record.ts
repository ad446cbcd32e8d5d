import { createHash } from 'node:crypto'
import { canonicalJson } from '../../../shared/domain/canonical-json.ts'
import { isPlainName } from '../../../shared/domain/plain-name.ts'
import { isJsonObject, type JsonObject } from '../../../shared/domain/strict-json.ts'
import type { Place } from '../../ports/restore-target.ts'
import type { ItemFacts } from './item-facts.ts'

/** What a swap does to one top name of the target. */
export interface SwapName {
  readonly name: string
  /** Where that which stands there is moved; null: nothing stands there. A name that nothing else ever has. */
  readonly aside: string | null
  /** What takes its place; null: nothing does. */
  readonly incoming: Place | null
  /** What `incoming` has to be, byte for byte; null: it only moves back and is never removed, so it need not be known. */
  readonly expect: ItemFacts | null
}

/** What happened in a run. A run begins, perhaps swaps, perhaps turns back, and ends `done` or `undone`. */
export type JournalEvent =
  | {
      readonly kind: 'begin'
      readonly job: 'restore'
      readonly backupId: string
      readonly planHash: string
      /** The whole plan, for people and tools; a recovery does not need it. */
      readonly plan: unknown
      readonly manages: readonly string[]
      /** The job or the run of a runbook that comes back for it after a crash; null where none does. */
      readonly askedBy: string | null
    }
  | { readonly kind: 'begin'; readonly job: 'rollback'; readonly of: string; readonly askedBy: string | null }
  /** All that comes in is there, checked and durable. What happens next can be told from the names alone. */
  | { readonly kind: 'swap'; readonly names: readonly SwapName[] }
  | { readonly kind: 'moved'; readonly from: Place; readonly to: Place }
  /** From here the run only goes back, whoever continues it. */
  | { readonly kind: 'undo'; readonly why: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'undone' }

export interface RecordStamp {
  /** Counts from 1 without a gap. */
  readonly seq: number
  /** UTC ISO 8601. */
  readonly at: string
  readonly run: string
}

export type JournalRecord = RecordStamp & JournalEvent

const version = 1

/** One line: canonical JSON of the record with its version and `check`, the first 16 hex digits of the rest's SHA-256. */
export function formatRecord(record: JournalRecord): string {
  const body = { ...record, v: version }
  return `${canonicalJson({ ...body, check: checkOf(body) })}\n`
}

/** Null where the line is damaged or cut; `unknown`: whole, but not of a kind that this version writes. */
export function parseRecord(line: string): JournalRecord | null | 'unknown' {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  if (!isJsonObject(value)) return null
  const { check, ...body } = value
  if (check !== checkOf(body)) return null
  if (body['v'] !== version) return 'unknown'
  const { seq, at, run } = body
  if (typeof seq !== 'number' || typeof at !== 'string' || typeof run !== 'string') return 'unknown'
  const event = isPlainName(run) ? parseEvent(body) : null
  return event === null ? 'unknown' : { seq, at, run, ...event }
}

function checkOf(body: JsonObject): string {
  return createHash('sha256').update(canonicalJson(body)).digest('hex').slice(0, 16)
}

function parseEvent(body: JsonObject): JournalEvent | null {
  switch (body['kind']) {
    case 'begin':
      return parseBegin(body)
    case 'swap': {
      const names = parseAll(body['names'], parseSwapName)
      return names === null ? null : { kind: 'swap', names }
    }
    case 'moved': {
      const from = parsePlace(body['from'])
      const to = parsePlace(body['to'])
      return from === null || to === null ? null : { kind: 'moved', from, to }
    }
    case 'undo':
      return typeof body['why'] === 'string' ? { kind: 'undo', why: body['why'] } : null
    case 'done':
      return { kind: 'done' }
    case 'undone':
      return { kind: 'undone' }
    default:
      return null
  }
}

function parseBegin(record: JsonObject): JournalEvent | null {
  const { job, of, backupId, planHash, plan, manages, askedBy = null } = record
  if (askedBy !== null && typeof askedBy !== 'string') return null
  if (job === 'rollback') return typeof of === 'string' ? { kind: 'begin', job, of, askedBy } : null
  const names = parseAll(manages, parseName)
  if (job !== 'restore' || typeof backupId !== 'string' || typeof planHash !== 'string') return null
  return names === null ? null : { kind: 'begin', job, backupId, planHash, plan, manages: names, askedBy }
}

function parseSwapName(value: unknown): SwapName | null {
  if (!isJsonObject(value)) return null
  const name = parseName(value['name'])
  const aside = value['aside'] === null ? 'none' : parseName(value['aside'])
  const incoming = value['incoming'] === null ? 'none' : parsePlace(value['incoming'])
  const expect = value['expect'] === null ? 'none' : parseFacts(value['expect'])
  if (name === null || aside === null || incoming === null || expect === null) return null
  return {
    name,
    aside: value['aside'] === null ? null : aside,
    incoming: incoming === 'none' ? null : incoming,
    expect: expect === 'none' ? null : expect,
  }
}

function parsePlace(value: unknown): Place | null {
  if (!isJsonObject(value)) return null
  const name = parseName(value['name'])
  const run = parseName(value['run'])
  if (name === null) return null
  if (value['area'] === 'target') return { area: 'target', name }
  return value['area'] === 'staging' && run !== null ? { area: 'staging', run, name } : null
}

function parseFacts(value: unknown): ItemFacts | null {
  if (!isJsonObject(value)) return null
  const { kind, files, sizeBytes, digest } = value
  if (kind !== 'file' && kind !== 'folder') return null
  if (typeof files !== 'number' || typeof sizeBytes !== 'number' || typeof digest !== 'string') return null
  return { kind, files, sizeBytes, digest }
}

function parseName(value: unknown): string | null {
  return typeof value === 'string' && isPlainName(value) ? value : null
}

function parseAll<T>(value: unknown, parse: (each: unknown) => T | null): readonly T[] | null {
  if (!Array.isArray(value)) return null
  const parsed: T[] = []
  for (const each of value) {
    const one = parse(each)
    if (one === null) return null
    parsed.push(one)
  }
  return parsed
}
