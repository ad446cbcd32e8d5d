import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { look } from '../../../shared/contract/clusters.ts'
import { id } from '../../../shared/contract/values.ts'
import { inTurn } from '../../../shared/domain/in-turn.ts'
import type { Collection, SavedLook } from '../../ports/desk-state.ts'
import { isDraft, makePrivateFolder, readPrivateFile, replaceFile } from '../files/private-files.ts'
import { formatDocument, parseDocument, type DocumentSchema } from './document-kind.ts'
import { notWritten } from './state-errors.ts'

const lookKind: DocumentSchema<SavedLook> = {
  schema: 1,
  steps: {},
  body: z.strictObject({ id, look }),
}

/** A small file a cluster: one look changes one file. One that is not understood is worth nothing and goes. */
export async function openLooks(
  folder: string,
  options: { readonly mayWrite: () => void; readonly holds: boolean },
): Promise<Omit<Collection<SavedLook>, 'putAll'> & { settled(): Promise<void> }> {
  const { mayWrite, holds } = options
  if (holds) await makePrivateFolder(folder)
  const looks = new Map<string, SavedLook>()
  const names = await readdir(folder).catch(() => [])
  await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name)
      const saved = await readLook(file, name)
      if (saved !== null) looks.set(saved.id, saved)
      else if (holds && (name.endsWith('.json') || isDraft(name)))
        await rm(file, { force: true, recursive: true })
    }),
  )
  const turn = inTurn()

  return {
    list: () => [...looks.values()],
    get: (lookId) => looks.get(lookId) ?? null,
    put: (record) =>
      turn(async () => {
        mayWrite()
        const saved = lookKind.body.parse(record)
        const file = join(folder, `${saved.id}.json`)
        await replaceFile(file, formatDocument(saved, lookKind)).catch((error: unknown) => {
          throw notWritten(file, error)
        })
        looks.set(saved.id, saved)
      }),
    remove: (lookId) =>
      turn(async () => {
        mayWrite()
        if (looks.delete(lookId)) await rm(join(folder, `${lookId}.json`), { force: true })
      }),
    settled: () => turn(async () => undefined),
  }
}

async function readLook(file: string, name: string): Promise<SavedLook | null> {
  if (!name.endsWith('.json')) return null
  const bytes = await readPrivateFile(file).catch(() => null)
  if (bytes === null) return null
  const reading = parseDocument(bytes, lookKind)
  return reading.ok && name === `${reading.value.id}.json` ? reading.value : null
}
