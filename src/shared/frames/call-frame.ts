import { isJsonObject, readJsonObject, type JsonObject } from '../domain/strict-json.ts'

/** What a page may send, however it is carried. Contract values are JSON without bytes: 1 MiB is far more than any input. */
export const frameLimits = { bytes: 1024 * 1024 } as const

export type FrameReading =
  | { readonly ok: true; readonly text: string; readonly value: JsonObject }
  | { readonly ok: false; readonly reason: string }

/** Names that reach a prototype where a careless reader assigns by name (CVE-2026-28794). No input of the contract has one. */
const pollutingNames = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Reads the body of one call from a page that nobody vouches for: `{}` or `{"json": input}`. Refuses what is too large, too
 * deep, has a name twice or a name that reaches a prototype, and the marks by which oRPC would build other values than JSON.
 */
export function readCallBody(bytes: Uint8Array): FrameReading {
  // A procedure without input is called without a body, too.
  if (bytes.byteLength === 0) return { ok: true, text: '{}', value: {} }
  const reading = readJsonObject(bytes, frameLimits.bytes)
  if (!reading.ok) return reading
  const reason = flawOfBody(reading.value)
  return reason === null ? reading : { ok: false, reason }
}

/**
 * Reads one message of a message port: a call, or the end of one. Streams of input, files, other methods and headers are
 * refused: no procedure takes them.
 */
export function readPortFrame(data: unknown): FrameReading {
  if (typeof data !== 'string') return { ok: false, reason: 'it is not text' }
  if (data.length > frameLimits.bytes) return { ok: false, reason: 'it is too large' }
  const reading = readJsonObject(new TextEncoder().encode(data), frameLimits.bytes)
  if (!reading.ok) return reading
  const reason = flawOfFrame(reading.value)
  return reason === null ? reading : { ok: false, reason }
}

/** As the message port peer of @orpc/standard-server-peer writes it: `i` id, `t` type (left out: call; 4: abort), `p` payload. */
function flawOfFrame({ i: id, t: type, p: call, ...rest }: JsonObject): string | null {
  if (typeof id !== 'string' || !/^[0-9a-z]{1,16}$/.test(id)) return 'its id is not one'
  if (Object.keys(rest).length > 0) return 'it has an unknown part'
  if (type === 4) return call === undefined ? null : 'an abort carries nothing'
  if (type !== undefined) return 'it is of an unknown type'
  if (!isJsonObject(call)) return 'it is not a call'
  const { u: path, b: body, ...other } = call
  if (Object.keys(other).length > 0) return 'the call has an unknown part'
  if (typeof path !== 'string' || !/^(\/[A-Za-z]{1,64}){1,8}$/.test(path)) return 'its path is not one'
  if (body === undefined) return null
  return isJsonObject(body) ? flawOfBody(body) : 'its body is not an object'
}

function flawOfBody({ json, ...rest }: JsonObject): string | null {
  if (Object.keys(rest).length > 0) return 'its body has an unknown part'
  return hasPollutingName(json) ? 'it has a name that no input has' : null
}

/** The depth is bounded by the reader. */
function hasPollutingName(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasPollutingName)
  if (!isJsonObject(value)) return false
  return Object.entries(value).some(([name, inner]) => pollutingNames.has(name) || hasPollutingName(inner))
}
