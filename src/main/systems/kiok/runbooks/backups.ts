import { notYet, done, failed, unknown } from '../../../engine/runbook/outcomes.ts'
import { action, check, wait } from '../../../engine/runbook/steps.ts'
import type { Step, StepContext } from '../../../ports/runbook.ts'
import { openApi } from '../live/api.ts'
import { askForBackup } from '../live/snapshot.ts'
import { manifestName } from '../manifest.ts'
import { curl } from './curl.ts'
import type { KiokSite } from './site.ts'

/** Ids of the backups in the bucket, by their manifests: one without it is none. */
async function backupIds({ session }: StepContext): Promise<ReadonlySet<string>> {
  const store = await session.repository('read')
  const ids = new Set<string>()
  for await (const entry of store.list({ signal: session.signal })) {
    if (entry.kind === 'object' && entry.key.endsWith(`/${manifestName}`))
      ids.add(entry.key.slice(0, -manifestName.length - 1))
  }
  return ids
}

const countName = 'backups.before'

/** What is there before the fresh master can write anything: the one that is restored is told from one of an empty state. */
export function countBackups(): Step {
  return check({
    id: 'backups-before',
    section: 'before',
    title: 'Note which backups are there',
    why: 'A backup of the empty state must be noticed, because it would stand as the newest one.',
    touches: 'Lists the repository.',
    look: async (context) => {
      if (context.known.has(countName)) return done('They were noted when the run began.')
      const ids = await backupIds(context)
      return done(`${ids.size} backups are there.`, { learnt: { [countName]: JSON.stringify([...ids]) } })
    },
  })
}

/** Empty stores would become the newest backup, and unchanged stores of later ones would point to it (documented: features/backup). */
export function noBackupMade(id: string): Step {
  return check({
    id,
    section: 'safety',
    title: 'Check that no backup of the empty state was made',
    why: 'There is no safety copy here, on purpose: a backup before the restore would save the empty state as the newest one, and whoever restores “the latest” next would get that.',
    touches: 'Lists the repository.',
    look: async (context) => {
      const before = notedIds(context)
      const made = [...(await backupIds(context))].filter((backup) => !before.has(backup))
      return made.length === 0
        ? done('No backup was made since the run began.')
        : failed(`A backup was made since the run began: ${made.join(', ')}.`, {
            next: 'It is of the empty state: switch backups off in the UI, and remove this one from the repository before anybody takes it for the newest.',
          })
    },
  })
}

/** Asks for a backup and does not believe the answer: the repository has to show it. */
export function safetyBackup(
  site: KiokSite,
  of: {
    readonly id: string
    readonly section: Step['section']
    readonly why: string
    readonly title: string
  },
): readonly Step[] {
  const before = `${of.id}.before`
  return [
    check({
      id: `${of.id}-before`,
      section: of.section,
      title: 'Note which backups are there',
      why: 'The new one is told from them.',
      touches: 'Lists the repository.',
      look: async (context) => {
        if (context.known.has(before)) return done('They were noted.')
        const ids = await backupIds(context)
        return done(`${ids.size} backups are there.`, { learnt: { [before]: JSON.stringify([...ids]) } })
      },
    }),
    action({
      id: of.id,
      section: of.section,
      title: of.title,
      why: of.why,
      touches: 'The masters, and the place that their own settings name.',
      twin: curl(site, 'POST', '/api/v1/admin/backup'),
      expected: { ms: 60_000, source: 'assumed' },
      damage: 0,
      act: async (context) => {
        const made = await askForBackup(await openApi(context.session, site.connection))
        if (made.kind !== 'made') return unknown(made.sentence, { evidence: made.facts })
        return done('The cluster says that the backup is made.', { evidence: made.facts })
      },
      look: async (context) => {
        const made = await newIds(before, context)
        return made.length > 0
          ? done(`The repository has ${made.join(', ')}.`)
          : // A second one is no harm, and an unproved first one is no copy.
            notYet(
              'The repository has no new backup; a follower may have given up while the leader goes on. Asking once more makes a second one at worst.',
            )
      },
    }),
    wait({
      id: `${of.id}-there`,
      section: of.section,
      title: 'Wait until the repository shows it',
      why: 'Only what lies in the bucket is a backup.',
      atMostMs: 15 * 60_000,
      look: async (context) => {
        const made = await newIds(before, context)
        const [id] = made
        return id === undefined
          ? notYet('The repository shows no new backup yet.')
          : done(`The repository has ${made.join(', ')}.`, { learnt: { [`${of.id}.made`]: id } })
      },
    }),
    check({
      id: `${of.id}-proved`,
      section: of.section,
      title: 'Read the new backup back',
      why: 'A safety copy that does not open is none.',
      touches: 'Reads every object of it.',
      look: async (context) => {
        const id = context.known.get(`${of.id}.made`)
        if (id === undefined) return failed('There is no new backup.', { next: 'Take it first.' })
        const point = await context.recovery.prove(id, context.progress)
        return point.verdict === 'good' || point.verdict === 'warning'
          ? done(`${id} is ${point.verdict}.`, { evidence: [{ name: 'verdict', value: point.verdict }] })
          : failed(`${id} is ${point.verdict}. ${point.because ?? ''}`.trim(), {
              next: 'Take another one, or find out what damages it.',
            })
      },
    }),
  ]
}

async function newIds(before: string, context: StepContext): Promise<readonly string[]> {
  const known = idsIn(context.known.get(before))
  return [...(await backupIds(context))].filter((id) => !known.has(id))
}

function notedIds({ known }: StepContext): ReadonlySet<string> {
  return idsIn(known.get(countName))
}

function idsIn(text: string | undefined): ReadonlySet<string> {
  const ids: unknown = JSON.parse(text ?? '[]')
  return new Set(Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [])
}
