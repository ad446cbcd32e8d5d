/** Limits of every JSON document that comes out of a repository (manifests, headers). */
export const jsonLimits = { bytes: 4 * 1024 * 1024, depth: 64 } as const

export type JsonObject = { readonly [name: string]: unknown }

export type JsonReading =
  | { readonly ok: true; readonly value: JsonObject; readonly text: string }
  | { readonly ok: false; readonly reason: string }

/**
 * Reads one JSON object from bytes that nobody vouches for: UTF-8 (a byte order mark is skipped), at most `maxBytes`, no
 * deeper than 64 levels, no name twice in one object. A name twice would let two readers see two different documents.
 * A `__proto__` in the text is an ordinary own property of the result.
 */
export function readJsonObject(bytes: Uint8Array, maxBytes: number = jsonLimits.bytes): JsonReading {
  if (bytes.byteLength > maxBytes) {
    return { ok: false, reason: `it has ${bytes.byteLength} bytes, more than the limit of ${maxBytes}` }
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return { ok: false, reason: 'it is not UTF-8' }
  }
  // Before JSON.parse, which recurses: depth is bounded first.
  const flaw = findFlaw(text)
  if (flaw !== null) return { ok: false, reason: flaw }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, reason: 'it is not JSON' }
  }
  return isJsonObject(value) ? { ok: true, value, text } : { ok: false, reason: 'it is not a JSON object' }
}

/** The value of a text of which only its form matters, and which a schema or a question reads next; null for what is no JSON. */
export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One pass for depth and repeated names; grammar is left to JSON.parse, so a wrong document may pass here. */
function findFlaw(text: string): string | null {
  /** One entry an open bracket: the names seen so far in an object, null in an array. */
  const open: (Set<string> | null)[] = []
  let nameNext = false
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (char === '"') {
      const end = stringEnd(text, at)
      if (end < 0) return 'it is not JSON'
      const names = open.at(-1)
      if (nameNext && names) {
        const name = decodeName(text.slice(at, end + 1))
        if (name === null) return 'it is not JSON'
        if (names.has(name)) return `the name ${JSON.stringify(shorten(name))} stands twice in one object`
        names.add(name)
        nameNext = false
      }
      at = end
    } else if (char === '{' || char === '[') {
      if (open.length >= jsonLimits.depth) return `it is nested deeper than ${jsonLimits.depth} levels`
      open.push(char === '{' ? new Set() : null)
      nameNext = char === '{'
    } else if (char === '}' || char === ']') {
      open.pop()
      nameNext = false
    } else if (char === ',') {
      nameNext = open.at(-1) instanceof Set
    }
  }
  return null
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at]
    if (char === '\\') at += 1
    else if (char === '"') return at
  }
  return -1
}

function decodeName(quoted: string): string | null {
  if (!quoted.includes('\\')) return quoted.slice(1, -1)
  try {
    return String(JSON.parse(quoted))
  } catch {
    return null
  }
}

function shorten(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name
}
