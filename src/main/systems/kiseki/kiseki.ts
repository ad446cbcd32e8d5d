import { usableTarEntries } from '../../engine/archive/usable-entries.ts'
import type { BackupSystem, ContentEntry, InventoryBackup } from '../../ports/backup-system.ts'
import { readSnapshots, type KisekiSnapshot } from './inventory.ts'
import { judgeSnapshot, kisekiHighestLevel, shardsPart } from './judge.ts'
import { noRestore, plannedFiles, stageFiles } from './restore.ts'
import { manifestName, tarName } from './snapshot-id.ts'
import { walkKiseki } from './walk.ts'

/** kiseki: every snapshot is one plain tar of its shards and, written after it, a manifest with their number and size. */
export const kiseki: BackupSystem = {
  name: 'kiseki',
  assumed: null,
  sharesObjects: false,
  stores: [shardsPart],
  highestLevel: kisekiHighestLevel,
  prefix: 'folder',
  // What kiseki's manual says of it (docs/admin/backup-recovery.md:96-97); its server only has the 7 days.
  usualRetention: { keepLast: null, keepDays: 7, atMost: 10 },
  restoresInto: 'exportFolder',
  managedNames: [tarName, manifestName],
  exportNote: `The snapshot as it lay in the repository. ${noRestore}`,
  restoreWarning: noRestore,
  afterTheBytes: 'There is nothing after it: no program loads a snapshot of kiseki.',
  walker: { name: 'kiseki', walk: walkKiseki, options: null },
  async readInventory(store, options) {
    const { snapshots, orphans, objectsRead, bytesRead } = await readSnapshots(store, options)
    return { backups: snapshots.map(describe), orphans, objectsRead, bytesRead }
  },
}

function describe(snapshot: KisekiSnapshot): InventoryBackup {
  const { tar, tarKey } = snapshot
  const sizeBytes = tar?.sizeBytes ?? null
  return {
    backupId: snapshot.backupId,
    // As its folder is written where the file system refuses `:`.
    alsoNamed: [snapshot.backupId.replaceAll(':', '%3A')],
    createdAt: snapshot.createdAt,
    // Nothing in a snapshot names its cluster.
    cluster: null,
    sizeBytes,
    newBytes: sizeBytes,
    objects: tar === null ? [] : [tar],
    completedBy: [snapshot.manifestInfo],
    manifestText: snapshot.manifestText,
    judge: (evidence) => judgeSnapshot(snapshot, evidence),
    restoreItems: (evidence) => plannedFiles(snapshot, evidence),
    listContents: (_, jump) => listTar(jump(tarKey)),
    listsByJumps: true,
    stage: (readPlain) => stageFiles(snapshot, readPlain),
  }
}

async function* listTar(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ContentEntry, void, undefined> {
  // A flawed name is in no list: what it is called may not be what it says.
  for await (const { path, kind, sizeBytes } of usableTarEntries(pieces, () => {}))
    yield { path, kind, sizeBytes }
}
