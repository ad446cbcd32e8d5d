import { isJsonObject } from '../../../shared/domain/strict-json.ts'
import type { StoredForm } from './manifest.ts'

/** A run of bytes inside an object that one checksum is recorded for. */
export interface Slice {
  readonly offset: number
  readonly sizeBytes: number
  readonly form: StoredForm
}

/** What a reading of an object is asked for. `rules` counts up with what it looks at: what was read by fewer is read again. */
export type WalkOptions =
  | { readonly kind: 'slices'; readonly slices: readonly Slice[] }
  | { readonly kind: 'volume'; readonly rules: typeof volumeRules }

export const volumeRules = 2

export interface SliceFacts {
  readonly offset: number
  readonly sizeBytes: number
  /** SHA-1 of the stored bytes; null where the object ends before them. */
  readonly stored: string | null
  /** Null where they are not read here, or `flaw` says why they cannot be. */
  readonly plain: { readonly sha1: string; readonly sizeBytes: number } | null
  readonly flaw: string | null
}

export interface SlicesFacts {
  readonly format: 'kindling-slices/1'
  readonly slices: readonly SliceFacts[]
}

/** What the header of a qcow2 image and its tables say (documented: QEMU, docs/interop/qcow2.txt). */
export interface VolumeFacts {
  readonly format: 'kindling-volume/1'
  /** What of it cannot be of a whole image, as sentences. */
  readonly flaws: readonly string[]
  /** Null where there is no header to tell. */
  readonly version: number | null
  /** Of the disk inside; decimal. */
  readonly diskBytes: number | null
}

const known = new WeakMap<object, ReadonlyMap<string, SliceFacts>>()

/** By `sliceId`; null for anything else, which is then as if it had not been read. */
export function readSliceFacts(content: unknown): ReadonlyMap<string, SliceFacts> | null {
  if (!isJsonObject(content) || content['format'] !== 'kindling-slices/1') return null
  const kept = known.get(content)
  if (kept !== undefined) return kept
  const { slices } = content
  if (!Array.isArray(slices)) return null
  const facts = new Map<string, SliceFacts>()
  for (const each of slices) {
    const fact = sliceFact(each)
    if (fact === null) return null
    facts.set(sliceId(fact), fact)
  }
  known.set(content, facts)
  return facts
}

export function sliceId({ offset, sizeBytes }: Pick<Slice, 'offset' | 'sizeBytes'>): string {
  return `${offset}+${sizeBytes}`
}

function sliceFact(value: unknown): SliceFacts | null {
  if (!isJsonObject(value)) return null
  const { offset, sizeBytes, stored, plain, flaw } = value
  if (typeof offset !== 'number' || typeof sizeBytes !== 'number') return null
  if (!isTextOrNull(stored) || !isTextOrNull(flaw)) return null
  if (plain === null) return { offset, sizeBytes, stored, plain, flaw }
  if (!isJsonObject(plain)) return null
  const { sha1, sizeBytes: plainBytes } = plain
  if (typeof sha1 !== 'string' || typeof plainBytes !== 'number') return null
  return { offset, sizeBytes, stored, plain: { sha1, sizeBytes: plainBytes }, flaw }
}

export function readVolumeFacts(content: unknown): VolumeFacts | null {
  if (!isJsonObject(content) || content['format'] !== 'kindling-volume/1') return null
  const { flaws, version, diskBytes } = content
  if (!Array.isArray(flaws) || (typeof version !== 'number' && version !== null)) return null
  if (typeof diskBytes !== 'number' && diskBytes !== null) return null
  return {
    format: 'kindling-volume/1',
    flaws: flaws.filter((flaw) => typeof flaw === 'string'),
    version,
    diskBytes,
  }
}

/** What the walker is told, as it is handed over to a worker. */
export function readWalkOptions(options: unknown): WalkOptions | null {
  if (!isJsonObject(options)) return null
  if (options['kind'] === 'volume') return { kind: 'volume', rules: volumeRules }
  const { slices } = options
  if (options['kind'] !== 'slices' || !Array.isArray(slices)) return null
  return { kind: 'slices', slices: slices.flatMap((each) => sliceOf(each) ?? []) }
}

function sliceOf(value: unknown): Slice | null {
  if (!isJsonObject(value)) return null
  const { offset, sizeBytes } = value
  const form = (['none', 'gz', 'deflate', 'unread'] as const).find((each) => each === value['form'])
  if (typeof offset !== 'number' || typeof sizeBytes !== 'number' || form === undefined) return null
  return { offset, sizeBytes, form }
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string'
}
