import { canonicalJson } from './canonical-json.ts'

/** One line of the audit chain; docs/audit-chain.md describes the format. */
export interface ChainEntry {
  readonly seq: number
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly facts: { readonly name: string; readonly value: string }[]
  readonly reason: string | null
  readonly previous: string
  readonly hash: string
}

/** Where a chain stands: after its last entry, or before its first. */
export interface ChainPoint {
  readonly seq: number
  readonly hash: string
}

/** The SHA-256 of the text's UTF-8 bytes, as 64 lower-case hex digits. */
export type Sha256 = (text: string) => string

export const chainStart: ChainPoint = { seq: 0, hash: '0'.repeat(64) }

/** Of one line, without its line feed: keeps what reads a chain in bounded memory. */
export const maxLineBytes = 1024 * 1024

const maxTextLength = 8192
const maxFacts = 100

export type NewEntry = Pick<ChainEntry, 'at' | 'actor' | 'action' | 'subject' | 'reason'> & {
  readonly facts: readonly { readonly name: string; readonly value: string }[]
}

/** The entry that follows `last`. Texts that no line could hold are shortened. */
export function nextEntry(
  last: ChainPoint,
  { at, actor, action, subject, facts, reason }: NewEntry,
  sha256: Sha256,
): ChainEntry {
  const bare = {
    seq: last.seq + 1,
    at,
    actor: shorten(actor),
    action: shorten(action),
    subject: shorten(subject),
    facts: facts
      .slice(0, maxFacts)
      .map(({ name, value }) => ({ name: shorten(name), value: shorten(value) })),
    reason: reason === null ? null : shorten(reason),
    previous: last.hash,
  }
  return { ...bare, hash: sha256(canonicalJson(bare)) }
}

/** Without a line feed: the canonical text has none, whatever the entry says. */
export function entryLine(entry: ChainEntry): string {
  return canonicalJson(entry)
}

export type EntryReading =
  { readonly ok: true; readonly entry: ChainEntry } | { readonly ok: false; readonly reason: string }

/** Reads one line as the entry that must follow `last`. */
export function readNextEntry(line: string, last: ChainPoint, sha256: Sha256): EntryReading {
  const reading = readEntry(line, sha256)
  if (!reading.ok) return reading
  const { entry } = reading
  if (entry.seq !== last.seq + 1) {
    return { ok: false, reason: `It carries the number ${entry.seq}: entries are missing, doubled or moved.` }
  }
  if (entry.previous !== last.hash) {
    return {
      ok: false,
      reason: 'It does not carry the hash of the entry before it: one of the two was changed.',
    }
  }
  return reading
}

/** Reads one line by itself: its shape, its text and its own hash. */
export function readEntry(line: string, sha256: Sha256): EntryReading {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { ok: false, reason: 'It is not JSON.' }
  }
  if (!isEntry(value)) return { ok: false, reason: 'It does not have the fields of an entry.' }
  // A name twice, white space or another spelling would let two readers see two different entries.
  if (entryLine(value) !== line) return { ok: false, reason: 'It is not in canonical form.' }
  const { hash, ...bare } = value
  return sha256(canonicalJson(bare)) === hash
    ? { ok: true, entry: value }
    : { ok: false, reason: 'Its content does not have the hash that it carries.' }
}

const fieldNames = 'action,actor,at,facts,hash,previous,reason,seq,subject'
const timePattern = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/
const hashPattern = /^[0-9a-f]{64}$/

function isEntry(value: unknown): value is ChainEntry {
  if (!hasNames(value, fieldNames)) return false
  const isText = (name: string, pattern: RegExp = /^/): boolean => {
    const text = value[name]
    return typeof text === 'string' && pattern.test(text)
  }
  return (
    Number.isSafeInteger(value['seq']) &&
    isText('at', timePattern) &&
    isText('previous', hashPattern) &&
    isText('hash', hashPattern) &&
    ['actor', 'action', 'subject'].every((name) => isText(name)) &&
    (value['reason'] === null || isText('reason')) &&
    Array.isArray(value['facts']) &&
    value['facts'].every(
      (fact: unknown) =>
        hasNames(fact, 'name,value') && typeof fact['name'] === 'string' && typeof fact['value'] === 'string',
    )
  )
}

function hasNames(value: unknown, names: string): value is { readonly [name: string]: unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).sort().join(',') === names
  )
}

function shorten(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text
}
