import { isHoldfastError } from '../../../shared/domain/error.ts'
import { errorFinding, warningFinding, type Finding } from '../../../shared/domain/finding.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import { readSmall } from '../../engine/transfer/read-small.ts'
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'
import { readInfoText, type InfoText } from './info-text.ts'

/** A manifest has a line of about 200 bytes for each file of the database. */
export const largestInfoBytes = 256 * 1024 * 1024

export interface IndexFile {
  /** Null where neither it nor its copy can be used. */
  readonly info: InfoText | null
  readonly text: string | null
  /** Of whichever was used, as stored. */
  readonly bytes: Uint8Array | null
  /** True where it is sealed by pgBackRest itself, so that only the names of objects tell anything. */
  readonly isSealed: boolean
  readonly findings: readonly Finding[]
}

export interface IndexReader {
  (key: string): Promise<IndexFile>
}

/**
 * Reads a file of pgBackRest's own and, where it cannot be used, the copy beside it, as pgBackRest does (from source: src/info/
 * info.c, `infoLoad`; `.copy` is written first and is read second).
 */
export function indexReader(
  store: ObjectStore,
  objects: ReadonlyMap<string, ObjectInfo>,
  read: (bytes: number) => void,
  signal?: AbortSignal,
): IndexReader {
  async function readOne(key: string): Promise<IndexFile> {
    const nothing: IndexFile = { info: null, text: null, bytes: null, isSealed: false, findings: [] }
    const info = objects.get(key)
    const name = quoted(key)
    const fault = (
      code: 'chain.objectMissing' | 'manifest.unreadable' | 'object.unreachable',
      message: string,
    ) => ({
      ...nothing,
      findings: [errorFinding(code, message)],
    })
    if (info === undefined) return fault('chain.objectMissing', `${name} is not there.`)
    if (info.sizeBytes > largestInfoBytes)
      return fault(
        'manifest.unreadable',
        `${name} has ${info.sizeBytes} bytes, more than the limit of ${largestInfoBytes}; it was not read.`,
      )
    let bytes: Uint8Array
    try {
      bytes = await readSmall(store, key, largestInfoBytes, signal)
    } catch (error) {
      if (!isHoldfastError(error) || error.code === 'cancelled') throw error
      if (error.code === 'object.missing')
        return fault('chain.objectMissing', `${name} is not there any more.`)
      return fault('object.unreachable', `${name} could not be read. ${error.message}`)
    }
    read(bytes.byteLength)
    const reading = readInfoText(bytes)
    if (reading.ok) return { ...nothing, info: reading.info, text: reading.text, bytes }
    if (reading.isSealed) return { ...nothing, isSealed: true }
    return fault('manifest.unreadable', `${name} cannot be used: ${reading.reason}.`)
  }

  return async (key) => {
    const first = await readOne(key)
    if (first.info !== null || first.isSealed) return first
    const copy = await readOne(`${key}.copy`)
    if (copy.info === null) return first
    const why = first.findings.map(({ message }) => message).join(' ')
    const message = `${why} Its copy is used in its place, as pgBackRest does.`
    return { ...copy, findings: [warningFinding('format.unusual', message)] }
  }
}
