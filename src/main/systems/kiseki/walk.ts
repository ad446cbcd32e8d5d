import { ArchiveFault } from '../../engine/archive/archive-fault.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import { findingList } from '../../engine/archive/finding-list.ts'
import { blockBytes } from '../../engine/archive/tar-header.ts'
import { usableTarEntries, type UsableEntry } from '../../engine/archive/usable-entries.ts'
import type { TarFacts, TarFinding } from './facts.ts'

const metadataEnding = '.meta.json'
const dataEnding = '.data'

/**
 * Reads the bytes of one snapshot to their end, or as far as they can be believed. Never throws for what they say. The
 * tar has no hash of what lies in it, so the contents are only counted (from source: crates/kiseki-backup/src/lib.rs).
 */
export async function walkKiseki(pieces: AsyncIterable<Uint8Array>): Promise<TarFacts> {
  const findings = findingList<TarFinding>(({ code }) => code)
  const withMetadata = new Set<string>()
  const withData = new Set<string>()
  let metadataBytes = 0
  let dataBytes = 0
  let others = 0
  let expectedBytes = 2 * blockBytes
  let endByte: number | null = null

  const count = ({ path, absolute, kind, sizeBytes }: UsableEntry): void => {
    expectedBytes += blockBytes + Math.ceil(sizeBytes / blockBytes) * blockBytes
    if (absolute) {
      const message = `The entry ${quoted(`/${path}`)} has an absolute name; kiseki's names are relative.`
      findings.add({ code: 'archive.unsafePath', message })
    } else if (kind === 'file' && path.endsWith(metadataEnding)) {
      withMetadata.add(path.slice(0, -metadataEnding.length))
      metadataBytes += sizeBytes
    } else if (kind === 'file' && path.endsWith(dataEnding)) {
      withData.add(path.slice(0, -dataEnding.length))
      dataBytes += sizeBytes
    } else others += 1
  }
  try {
    const entries = usableTarEntries(pieces, ({ code, message }) => findings.add({ code, message }))
    for (let next = await entries.next(); ; next = await entries.next()) {
      if (next.done === true) {
        endByte = next.value
        break
      }
      count(next.value)
    }
  } catch (error) {
    if (!(error instanceof ArchiveFault)) throw error
    findings.add({ code: error.code, message: error.message })
  }
  const alone = [...withData].filter((shard) => !withMetadata.has(shard))
  return {
    format: 'kiseki-walk/1',
    complete: endByte !== null,
    shards: withMetadata.size,
    metadataBytes,
    dataBytes,
    dataAlone: alone.length,
    firstDataAlone: alone[0] ?? null,
    others,
    expectedBytes,
    endByte,
    findings: findings.all(),
  }
}
