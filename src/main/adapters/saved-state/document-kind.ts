import type { ZodError, ZodType } from 'zod'
import { isJsonObject, readJsonObject, type JsonObject } from '../../../shared/domain/strict-json.ts'

/** What a document may hold, and how what an older version wrote becomes that. */
export interface DocumentSchema<T> {
  readonly schema: number
  /** Step n makes schema n + 1 of schema n. There is one for every schema that was ever released. */
  readonly steps: Readonly<Record<number, (document: JsonObject) => JsonObject>>
  /** Of the whole document but its `schema`. */
  readonly body: ZodType<T>
}

/** One file of the saved state. */
export interface DocumentKind<T> extends DocumentSchema<T> {
  readonly file: string
  /** What a file that is not there stands for. */
  readonly empty: T
}

export type DocumentReading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly isNewer: boolean; readonly reason: string }

/** Far above what any installation writes; a wrong file is not read into memory whole. */
const largestBytes = 64 * 1024 * 1024

export function parseDocument<T>(bytes: Uint8Array, kind: DocumentSchema<T>): DocumentReading<T> {
  const reading = readJsonObject(bytes, largestBytes)
  if (!reading.ok) return broken(sentence(reading.reason))
  const { schema, ...rest } = reading.value
  if (typeof schema !== 'number' || !Number.isSafeInteger(schema)) {
    return broken('It does not say of which schema it is.')
  }
  if (schema > kind.schema) {
    const reason = `It is of schema ${schema}; this version knows schemas up to ${kind.schema}.`
    return { ok: false, isNewer: true, reason }
  }
  let document: JsonObject = rest
  for (let from = schema; from < kind.schema; from += 1) {
    const step = kind.steps[from]
    if (step === undefined) return broken(`It is of schema ${schema}, which no version has written.`)
    try {
      document = step(document)
    } catch {
      return broken(`It does not hold what schema ${from} holds.`)
    }
  }
  const parsed = kind.body.safeParse(document)
  return parsed.success ? { ok: true, value: parsed.data } : broken(firstIssue(parsed.error))
}

export function formatDocument<T>(value: T, kind: DocumentSchema<T>): string {
  const body: unknown = value
  if (!isJsonObject(body)) throw new TypeError('A document is a JSON object.')
  return `${JSON.stringify({ schema: kind.schema, ...body }, null, 2)}\n`
}

function broken(reason: string): { readonly ok: false; readonly isNewer: false; readonly reason: string } {
  return { ok: false, isNewer: false, reason }
}

function firstIssue(error: ZodError): string {
  const [issue] = error.issues
  if (issue === undefined) return 'It does not hold what it should.'
  const where = issue.path.length === 0 ? '' : `At ${issue.path.map(String).join('.')}: `
  return sentence(`${where}${issue.message}`)
}

function sentence(text: string): string {
  const short = text.length > 300 ? `${text.slice(0, 300)}…` : text
  return `${short.charAt(0).toUpperCase()}${short.slice(1)}${/[.…]$/.test(short) ? '' : '.'}`
}
