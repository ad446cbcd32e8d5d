import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import { makeChangoArchive } from './chango.ts'

export interface ChangoRepositoryLab {
  readonly seed: string
  readonly masterKey: string
  /** When the newest backup was made. */
  readonly lastNight: Date
}

/** Four nights of a chango cluster that was upgraded in between: two archives of each dialect. */
export async function makeChangoRepository(
  { seed, masterKey, lastNight }: ChangoRepositoryLab,
  store: ObjectStore,
): Promise<readonly string[]> {
  const ids: string[] = []
  for (const [index, dialect] of ([1, 1, 2, 2] as const).entries()) {
    const when = new Date(lastNight.getTime() - (3 - index) * 86_400_000).toISOString().replace(/\.\d+/, '')
    const archive = await makeChangoArchive({
      dialect,
      seed: `${seed} ${index}`,
      when,
      masterKey,
      patches: 2,
    })
    await store.putStream(archive.key, archive.pieces())
    if (index === 1) await store.put(`${archive.key}.sha256`, Buffer.from(await archive.sidecar()))
    ids.push(archive.backupId)
  }
  return ids
}
