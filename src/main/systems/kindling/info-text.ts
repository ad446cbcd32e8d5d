import { createHash } from 'node:crypto'

/**
 * A file of pgBackRest's own (backup.info, archive.info, backup.manifest): sections of `key=value` with JSON values, closed
 * by a checksum over all of them (from source: pgbackrest src/info/info.c, `infoNewLoad`; src/common/ini.c).
 */
export interface InfoText {
  /** Values as they stand, by section and key. */
  readonly sections: ReadonlyMap<string, ReadonlyMap<string, string>>
}

export type InfoReading =
  | { readonly ok: true; readonly info: InfoText; readonly text: string }
  | { readonly ok: false; readonly reason: string; readonly isSealed: boolean }

/** From source: a repository with a cipher has this in front of each file, as OpenSSL writes it (src/common/crypto/cipherBlock.c). */
const sealedMagic = 'Salted__'

/** The layout has been 5 since pgBackRest 1.x (from source: src/version.h, `REPOSITORY_FORMAT`). */
const knownFormat = '5'

export function readInfoText(bytes: Uint8Array): InfoReading {
  const isSealed = Buffer.from(bytes.subarray(0, sealedMagic.length)).toString('latin1') === sealedMagic
  if (isSealed) return { ok: false, isSealed, reason: 'it is encrypted by pgBackRest' }
  const wrong = (reason: string): InfoReading => ({ ok: false, isSealed, reason })
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return wrong('it is not UTF-8')
  }
  const sections = new Map<string, Map<string, string>>()
  const hash = createHash('sha1').update('{')
  let section = ''
  let hashed = ''
  for (const line of text.split('\n')) {
    if (line === '') continue
    if (line.startsWith('[') && line.endsWith(']')) {
      section = line.slice(1, -1)
      if (!sections.has(section)) sections.set(section, new Map())
      continue
    }
    const pair = splitPair(line)
    const values = sections.get(section)
    if (pair === null || values === undefined) return wrong(`it has a line that is no pair: ${shown(line)}`)
    if (values.has(pair.key)) return wrong(`${shown(pair.key)} stands twice in one section`)
    values.set(pair.key, pair.value)
    if (section === 'backrest' && pair.key === 'backrest-checksum') continue
    const lead = hashed === section ? ',' : hashed === '' ? `"${section}":{` : `},"${section}":{`
    hash.update(`${lead}${JSON.stringify(pair.key)}:${pair.value}`)
    hashed = section
  }
  const recorded = sections.get('backrest')?.get('backrest-checksum')
  if (recorded === undefined) return wrong('its checksum is missing, so its end is')
  const actual = hash.update('}}').digest('hex')
  if (recorded !== JSON.stringify(actual))
    return wrong(`its checksum is ${actual}, but it records ${recorded}`)
  const format = sections.get('backrest')?.get('backrest-format')
  if (format !== knownFormat)
    return wrong(`its format is ${format ?? 'not named'}; ${knownFormat} is known here`)
  return { ok: true, info: { sections }, text }
}

/** More than the name of any file in a database has; each costs an attempt to read what follows. */
const mostEqualSigns = 64

/** A key may hold `=`: the first one that JSON follows counts (from source: src/common/ini.c, strict). */
function splitPair(line: string): { readonly key: string; readonly value: string } | null {
  let at = line.indexOf('=')
  for (let tried = 0; at > 0 && tried < mostEqualSigns; tried += 1) {
    const value = line.slice(at + 1)
    if (isJson(value)) return { key: line.slice(0, at), value }
    at = line.indexOf('=', at + 1)
  }
  return null
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

/** One value of a section as text, number or boolean; null where it is none of them, or not there. */
export function plainValue(
  { sections }: InfoText,
  section: string,
  key: string,
): string | number | boolean | null {
  const raw = sections.get(section)?.get(key)
  if (raw === undefined) return null
  const value: unknown = JSON.parse(raw)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}
