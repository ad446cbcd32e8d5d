import { HoldfastError } from '../../../shared/domain/error.ts'
import type { PlannedItem } from '../../../shared/domain/restore-plan.ts'
import type { Evidence } from '../../ports/backup-system.ts'
import type { StagedEntry } from '../../ports/staged-entry.ts'
import { readTarFacts } from './facts.ts'
import type { KisekiSnapshot } from './inventory.ts'
import { manifestName, tarName } from './snapshot-id.ts'

/** What `RestoreSnapshot` does (from source: crates/kiseki-server/src/admin_grpc.rs:97-114). */
export const noRestore =
  'kiseki has no restore that puts data back: its RestoreSnapshot reads the tar, counts its shards and writes nothing into any store. A restore here exports the snapshot as it lies in the repository, for a person; no cluster is changed by it.'

/** The two files of a snapshot, as they are. Throws `restore.refused` for an empty one. */
export function plannedFiles(snapshot: KisekiSnapshot, evidence: Evidence): readonly PlannedItem[] {
  const seen = evidence.object(snapshot.tarKey)
  const facts = seen.kind === 'read' ? readTarFacts(seen.facts.content) : null
  if (seen.kind !== 'read' || facts === null || !facts.complete || snapshot.manifestBytes === null) {
    throw refused(
      snapshot,
      'Its contents were not read, so what it would put into place is not known.',
      'Verify the snapshot to its end, or choose another one.',
    )
  }
  if (facts.shards === 0) {
    throw refused(
      snapshot,
      'It has no shard: it holds nothing to restore.',
      'Choose a snapshot that is not empty.',
    )
  }
  const { bytes, sha256 } = snapshot.manifestBytes
  return [
    { name: tarName, kind: 'file', files: 1, sizeBytes: seen.facts.sizeBytes, digest: seen.facts.sha256 },
    { name: manifestName, kind: 'file', files: 1, sizeBytes: bytes.byteLength, digest: sha256 },
  ]
}

export async function* stageFiles(
  { tarKey, tar, manifestBytes }: KisekiSnapshot,
  readPlain: (key: string) => AsyncIterable<Uint8Array>,
): AsyncGenerator<StagedEntry, void, undefined> {
  if (tar === null || manifestBytes === null) return
  const { bytes } = manifestBytes
  yield { item: tarName, path: '', kind: 'file', sizeBytes: tar.sizeBytes, pieces: readPlain(tarKey) }
  yield { item: manifestName, path: '', kind: 'file', sizeBytes: bytes.byteLength, pieces: once(bytes) }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield Uint8Array.from(bytes)
}

function refused({ backupId }: KisekiSnapshot, why: string, next: string): HoldfastError {
  return new HoldfastError('restore.refused', {
    what: `Snapshot ${backupId} is not restored.`,
    why,
    unchanged: 'Nothing was changed.',
    next,
  })
}
