import { inProcessByteWork } from '../fakes/in-process-byte-work.ts'
import { createKeyRing } from '../../src/main/engine/envelope/key-ring.ts'
import { HeldMasterKey } from '../../src/main/engine/master-key.ts'
import { readPlanned } from '../../src/main/engine/restore/read-planned.ts'
import type { InventoryBackup } from '../../src/main/ports/backup-system.ts'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import { stoppedClock } from './verify-repository.ts'

/** The files that a restore of this backup would stage, by item and path, read and opened as it reads them. */
export async function stagedFiles(
  backup: InventoryBackup,
  store: ObjectStore,
  masterKey: string,
): Promise<ReadonlyMap<string, Buffer>> {
  const keyRing = createKeyRing([new HeldMasterKey(Buffer.from(masterKey), 'key')], {
    installationSecret: new Uint8Array(32),
  })
  const byteWork = inProcessByteWork(new Map())
  const tools = { store, byteWork, keyRing, clock: stoppedClock('2026-11-20T12:00:00Z') }
  const read = (key: string): AsyncIterable<Uint8Array> => {
    const version = backup.objects.find((object) => object.key === key)
    if (version === undefined) throw new Error(`no ${key}`)
    return readPlanned({ key, version, sha256: null }, tools)
  }
  const files = new Map<string, Buffer>()
  try {
    for await (const { item, path, kind, pieces } of backup.stage(read, [])) {
      const parts: Uint8Array[] = []
      for await (const piece of pieces) parts.push(new Uint8Array(piece))
      if (kind === 'file') files.set(path === '' ? item : `${item}/${path}`, Buffer.concat(parts))
    }
  } finally {
    keyRing.close()
    await byteWork.close()
  }
  return files
}
