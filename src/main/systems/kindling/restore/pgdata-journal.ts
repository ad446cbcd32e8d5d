import * as z from 'zod'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import { dataFolder, scriptOn, type Site } from './site.ts'

/** How far to restore. `label`: of the backup to begin with; null: the newest one that fits, as pgBackRest chooses it. */
export const restoreWish = z.discriminatedUnion('type', [
  /** Everything that was archived. */
  z.object({ type: z.literal('default'), label: z.string().nullable() }),
  /** As soon as the backup is consistent. */
  z.object({ type: z.literal('immediate'), label: z.string() }),
  /** `target`: UTC ISO 8601. */
  z.object({ type: z.literal('time'), label: z.string(), target: z.string() }),
])
export type RestoreWish = z.infer<typeof restoreWish>

const journalForm = z.object({
  format: z.literal('holdfast-pgdata/1'),
  /** Of the run that began it: names what was moved aside. */
  stamp: z.string(),
  state: z.enum(['moving', 'moved', 'restoring', 'restored', 'puttingBack', 'back', 'closed']),
  wish: restoreWish.nullable(),
})
export type PgdataJournal = z.infer<typeof journalForm>

/** Beside the data folder: it outlives the folder and this program. */
export function journalPath(folder: string): string {
  return `${folder}.holdfast-restore`
}

/** Null where no restore was begun there. */
export async function readJournal(site: Site, host: RemoteHost): Promise<PgdataJournal | null> {
  const path = journalPath(dataFolder(site))
  const text = await scriptOn(
    site,
    host,
    'Reading the journal of the restore',
    'if [ -e "$1" ]; then cat "$1"; fi',
    [path],
  )
  if (text.trim() === '') return null
  try {
    return journalForm.parse(JSON.parse(text))
  } catch (error) {
    throw new HoldfastError(
      'state.broken',
      {
        what: `The journal ${path} on ${host.name} cannot be read.`,
        why: 'Something else wrote into it.',
        unchanged: 'Nothing was changed.',
        next: 'Look at the data folder and at those beside it before you remove the journal.',
      },
      { cause: error },
    )
  }
}

/** In one step: a reader finds the old state or the new one. */
export async function writeJournal(site: Site, host: RemoteHost, journal: PgdataJournal): Promise<void> {
  const script = `umask 077
printf '%s\\n' "$2" >"$1.new" && sync "$1.new" && mv -f "$1.new" "$1" && sync "$(dirname "$1")"`
  const path = journalPath(dataFolder(site))
  await scriptOn(site, host, 'Writing the journal of the restore', script, [path, JSON.stringify(journal)])
}
