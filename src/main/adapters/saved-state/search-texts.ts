import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { inTurn } from '../../../shared/domain/in-turn.ts'
import { jsonOrNull } from '../../../shared/domain/strict-json.ts'
import type { DeskState } from '../../ports/desk-state.ts'
import { isDraft, makePrivateFolder, readPrivateFile, replaceFile } from '../files/private-files.ts'
import { notWritten } from './state-errors.ts'

interface SearchTexts {
  readonly searchTexts: DeskState['searchTexts']
  settled(): Promise<void>
}

const header = z.strictObject({ schema: z.literal(1), place: z.string() })

/** One file a cluster: a line that says of which place, then the text. It is read when it is asked for, and never kept here. */
export async function openSearchTexts(
  folder: string,
  { mayWrite, holds }: { readonly mayWrite: () => void; readonly holds: boolean },
): Promise<SearchTexts> {
  if (holds) {
    await makePrivateFolder(folder)
    for (const name of await readdir(folder)) if (isDraft(name)) await rm(join(folder, name), { force: true })
  }
  const turn = inTurn()
  const fileOf = (id: string): string => join(folder, `${id}.txt`)
  return {
    searchTexts: {
      async get(id) {
        // One that is not understood is worth nothing: the next look writes it anew.
        const bytes = await readPrivateFile(fileOf(id)).catch(() => null)
        const whole = bytes === null ? '' : new TextDecoder().decode(bytes)
        const end = whole.indexOf('\n')
        const first = header.safeParse(jsonOrNull(whole.slice(0, Math.max(end, 0))))
        return first.success ? { place: first.data.place, text: whole.slice(end + 1) } : null
      },
      put: (id, { place, text }) =>
        turn(async () => {
          mayWrite()
          const file = fileOf(id)
          await replaceFile(file, `${JSON.stringify({ schema: 1, place })}\n${text}`).catch(
            (error: unknown) => {
              throw notWritten(file, error)
            },
          )
        }),
      remove: (id) =>
        turn(async () => {
          mayWrite()
          await rm(fileOf(id), { force: true })
        }),
    },
    settled: () => turn(async () => undefined),
  }
}
