import type { ContentEvent } from '../../shared/contract/backups.ts'
import { HoldfastError, isHoldfastError } from '../../shared/domain/error.ts'
import { emitted } from '../../shared/streams/emitted.ts'
import { readPlanned } from '../engine/restore/read-planned.ts'
import { jumpingRead } from '../engine/transfer/jumping-read.ts'
import { findBackup } from '../operations/find-backup.ts'
import { verifyTools } from '../operations/open-repository.ts'
import { withClusterRepository } from './cluster-repository.ts'
import type { ObjectInfo } from '../ports/object-store.ts'
import type { DeskPorts } from './ports.ts'
import { savedCluster } from './saved.ts'

type Entry = Extract<ContentEvent, { type: 'entries' }>['entries'][number]

const entriesAtOnce = 200

/** Reads an archive from its beginning and tells what lies in it; nothing is kept, and leaving the loop ends the reading. */
export function listContents(
  { clusterId, backupId }: { readonly clusterId: string; readonly backupId: string },
  ports: DeskPorts,
  signal: AbortSignal | undefined,
): AsyncGenerator<ContentEvent, void, undefined> {
  return emitted<ContentEvent>(
    async (emit, stop) => {
      const cluster = savedCluster(clusterId, ports.state)
      const purpose = `contents of ${backupId}`
      await withClusterRepository(cluster, purpose, ports, { signal: stop }, async (opened) => {
        const backup = findBackup(backupId, opened)
        if (backup.listContents === undefined) {
          throw new HoldfastError('usage', {
            what: 'The stores of this backup have no list of what is in them.',
            next: 'Look at its stores instead.',
          })
        }
        const tools = await verifyTools(opened, ports)
        const infos = new Map(backup.objects.map((info) => [info.key, info]))
        let readBytes = 0
        let entries: Entry[] = []
        let count = 0
        const flush = (): void => {
          if (entries.length > 0) emit({ type: 'entries', entries, readBytes })
          entries = []
        }
        const infoOf = (key: string): ObjectInfo => {
          const info = infos.get(key)
          if (info === undefined) throw new Error('An object was asked for that the backup does not name.')
          return info
        }
        async function* counted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
          for await (const piece of pieces) {
            readBytes += piece.byteLength
            yield piece
          }
        }
        const contents = backup.listContents(
          (key) => counted(readPlanned({ key, version: infoOf(key), sha256: null }, tools, stop)),
          (key) => {
            const pieces = jumpingRead(tools.store, infoOf(key), { clock: tools.clock, signal: stop })
            return { jump: pieces.jump, [Symbol.asyncIterator]: () => counted(pieces) }
          },
        )
        let reason: string | null = null
        try {
          for await (const { path, kind, sizeBytes } of contents) {
            entries.push({ path, kind, sizeBytes, part: path.split('/')[0] ?? null })
            count += 1
            if (entries.length >= entriesAtOnce) flush()
          }
        } catch (error) {
          if (isHoldfastError(error, 'cancelled')) throw error
          // What the archive's own reader says of it; nothing of the machine.
          reason = error instanceof Error ? error.message : 'It could not be read to its end.'
        }
        flush()
        emit({ type: 'end', entries: count, reason })
      })
    },
    { signal },
  )
}
