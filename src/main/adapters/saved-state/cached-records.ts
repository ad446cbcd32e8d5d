import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inTurn } from '../../../shared/domain/in-turn.ts'
import type { CachedCollection } from '../../ports/desk-state.ts'
import { isDraft, makePrivateFolder, readPrivateFile, replaceFile } from '../files/private-files.ts'
import { formatDocument, parseDocument, type DocumentSchema } from './document-kind.ts'
import { notWritten } from './state-errors.ts'

interface Cached {
  readonly id: string
}

type Cache<T extends Cached> = CachedCollection<T> & { settled(): Promise<void> }

/** A small file a record: one look changes one file. One that is not understood is worth nothing and goes. */
export async function openCache<T extends Cached>(
  folder: string,
  kind: DocumentSchema<T>,
  options: { readonly mayWrite: () => void; readonly holds: boolean },
): Promise<Cache<T>> {
  const { mayWrite, holds } = options
  if (holds) await makePrivateFolder(folder)
  const records = new Map<string, T>()
  const names = await readdir(folder).catch(() => [])
  await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name)
      const saved = await readRecord(file, name, kind)
      if (saved !== null) records.set(saved.id, saved)
      else if (holds && (name.endsWith('.json') || isDraft(name)))
        await rm(file, { force: true, recursive: true })
    }),
  )
  const turn = inTurn()

  return {
    list: () => [...records.values()],
    get: (recordId) => records.get(recordId) ?? null,
    put: (record) =>
      turn(async () => {
        mayWrite()
        const saved = kind.body.parse(record)
        const file = join(folder, `${saved.id}.json`)
        await replaceFile(file, formatDocument(saved, kind)).catch((error: unknown) => {
          throw notWritten(file, error)
        })
        records.set(saved.id, saved)
      }),
    remove: (recordId) =>
      turn(async () => {
        mayWrite()
        if (records.delete(recordId)) await rm(join(folder, `${recordId}.json`), { force: true })
      }),
    settled: () => turn(async () => undefined),
  }
}

async function readRecord<T extends Cached>(
  file: string,
  name: string,
  kind: DocumentSchema<T>,
): Promise<T | null> {
  if (!name.endsWith('.json')) return null
  const bytes = await readPrivateFile(file).catch(() => null)
  if (bytes === null) return null
  const reading = parseDocument(bytes, kind)
  return reading.ok && name === `${reading.value.id}.json` ? reading.value : null
}
