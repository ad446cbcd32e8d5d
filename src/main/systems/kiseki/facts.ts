import { isJsonObject } from '../../../shared/domain/strict-json.ts'
import type { ArchiveFaultCode } from '../../engine/archive/archive-fault.ts'

/** What the bytes of a tar can be found to be, all of them errors. */
const tarCodes = [
  'archive.truncated',
  'archive.malformed',
  'archive.unsafePath',
  'archive.unsafeEntry',
  'archive.unexpectedEntry',
  'archive.missingPart',
  'archive.tooLarge',
] as const satisfies readonly ArchiveFaultCode[]

export interface TarFinding {
  readonly code: ArchiveFaultCode
  readonly message: string
}

/** What one reading of a tar found. Nothing in it depends on the object's name or on the manifest. */
export interface TarFacts {
  readonly format: 'kiseki-walk/1'
  /** True where the tar was read to its two zero blocks and only zeros stood behind them. */
  readonly complete: boolean
  /** Distinct `*.meta.json`. */
  readonly shards: number
  readonly metadataBytes: number
  readonly dataBytes: number
  /** Shards with data and no metadata, and the first of them. */
  readonly dataAlone: number
  readonly firstDataAlone: string | null
  /** Entries that are neither; kiseki's own reader skips them. */
  readonly others: number
  /** Bytes that kiseki would have written for these entries: 1024, and for each 512 and its size in whole blocks. */
  readonly expectedBytes: number
  /** Bytes up to the end of the second zero block; null where it was not reached. */
  readonly endByte: number | null
  readonly findings: readonly TarFinding[]
}

/** Takes facts that were kept as JSON; null for anything else, which is then as if it had not been read. */
export function readTarFacts(content: unknown): TarFacts | null {
  if (!isJsonObject(content) || content['format'] !== 'kiseki-walk/1') return null
  const { complete, shards, metadataBytes, dataBytes, dataAlone, others, expectedBytes } = content
  const { firstDataAlone, endByte, findings } = content
  if (typeof complete !== 'boolean' || typeof shards !== 'number' || typeof metadataBytes !== 'number')
    return null
  if (typeof dataBytes !== 'number' || typeof dataAlone !== 'number' || typeof others !== 'number')
    return null
  if (typeof expectedBytes !== 'number' || (typeof endByte !== 'number' && endByte !== null)) return null
  if (typeof firstDataAlone !== 'string' && firstDataAlone !== null) return null
  const told = Array.isArray(findings) ? findings.map(tarFinding) : [null]
  if (told.includes(null)) return null
  return {
    format: 'kiseki-walk/1',
    complete,
    shards,
    metadataBytes,
    dataBytes,
    dataAlone,
    firstDataAlone,
    others,
    expectedBytes,
    endByte,
    findings: told.filter((finding) => finding !== null),
  }
}

function tarFinding(value: unknown): TarFinding | null {
  if (!isJsonObject(value)) return null
  const code = tarCodes.find((known) => known === value['code'])
  return code === undefined || typeof value['message'] !== 'string'
    ? null
    : { code, message: value['message'] }
}
