import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { writeKisekiSnapshot, type KisekiShard } from '../kiseki.ts'

/** Writes snapshots into a folder, the last one an hour ago or less; gives how many shards each has, by its id. */
export async function writeSnapshots(
  folder: string,
  snapshots: readonly (readonly KisekiShard[])[],
): Promise<Readonly<Record<string, number>>> {
  const listed: Record<string, number> = {}
  const store = await openFolderStore(folder)
  try {
    for (const [place, shards] of snapshots.entries()) {
      const at = new Date(Date.now() - (snapshots.length - place) * 3_600_000)
        .toISOString()
        .replace(/\.\d+/, '')
      listed[await writeKisekiSnapshot({ seed: `snapshot ${place}`, at, shards }, store)] = shards.length
    }
  } finally {
    await store.close()
  }
  return listed
}
