import * as z from 'zod'
import { spanWords } from '../../../../shared/domain/size-words.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import { commandFailed, jsonOf, notUnderstood } from '../live/on-host.ts'
import { exitReason, pgBackRestCommand } from '../live/pgbackrest.ts'
import type { RestoreWish } from './pgdata-journal.ts'
import { databaseHost, type Site } from './site.ts'

/** A backup to begin a restore with. Times are milliseconds. */
export interface RestorePoint {
  readonly label: string
  readonly type: string
  readonly startedMs: number
  /** From then on a restore can end at any time that the WAL reaches. */
  readonly stoppedMs: number
  readonly wal: { readonly first: string; readonly last: string }
  /** Labels that it needs beside its own. */
  readonly needs: readonly string[]
  readonly hasPageErrors: boolean
}

export interface RestorePoints {
  readonly stanza: string
  /** Why nothing may be restored now (a status, a run that holds the lock), a sentence each; empty: nothing stands in the way. */
  readonly obstacles: readonly string[]
  /** The newest first. */
  readonly points: readonly RestorePoint[]
  /** Of the archive that the newest point is in; null: there is none. */
  readonly archive: { readonly min: string; readonly max: string } | null
  /** When the newest WAL segment of the archive arrived: what was committed later is lost. Null: it is not told. */
  readonly archivedUntilMs: number | null
}

/** From source: pgBackRest src/command/info/info.c. */
const infoForm = z.array(
  z.object({
    name: z.string(),
    status: z.object({
      code: z.int(),
      message: z.string(),
      lock: z
        .object({
          backup: z.object({ held: z.boolean() }).optional(),
          restore: z.object({ held: z.boolean() }).optional(),
        })
        .optional(),
    }),
    archive: z
      .array(
        z.object({
          id: z.string(),
          min: z.string().nullable(),
          max: z.string().nullable(),
          database: z.object({ id: z.int(), 'repo-key': z.int() }),
        }),
      )
      .default([]),
    backup: z
      .array(
        z.object({
          label: z.string(),
          type: z.string(),
          error: z.boolean().nullish(),
          reference: z.array(z.string()).nullish(),
          timestamp: z.object({ start: z.number(), stop: z.number() }),
          archive: z.object({ start: z.string().nullable(), stop: z.string().nullable() }),
          database: z.object({ id: z.int(), 'repo-key': z.int() }),
        }),
      )
      .default([]),
  }),
)

const lookDeadlineMs = 60_000

/** What can be restored, by what pgBackRest tells on the first host. Changes nothing. */
export async function readRestorePoints(site: Site): Promise<RestorePoints> {
  const host = await databaseHost(site)
  const { stanza } = site.config
  const told = infoForm.safeParse(await askJson(site, host, ['info', '--output=json'], 'pgbackrest info'))
  const found = told.data?.find(({ name }) => name === stanza)
  if (found === undefined)
    throw notUnderstood('pgbackrest info', host.name, told.error?.message ?? `no ${stanza}`)
  const points = found.backup
    .flatMap((each): RestorePoint[] => {
      const { label, type, error, reference, timestamp, archive } = each
      if (archive.start === null || archive.stop === null) return []
      const wal = { first: archive.start, last: archive.stop }
      return [
        {
          label,
          type,
          startedMs: timestamp.start * 1000,
          stoppedMs: timestamp.stop * 1000,
          wal,
          needs: reference ?? [],
          hasPageErrors: error === true,
        },
      ]
    })
    .toSorted((a, b) => b.stoppedMs - a.stoppedMs)
  const newest = found.backup.find(({ label }) => label === points[0]?.label)
  const archive = found.archive.find(({ database }) => database.id === newest?.database.id)
  const range =
    archive === undefined || archive.min === null || archive.max === null
      ? null
      : { min: archive.min, max: archive.max }
  return {
    stanza,
    obstacles: [
      ...(found.status.code === 0
        ? []
        : [`pgBackRest says of the stanza: ${found.status.message} (${found.status.code}).`]),
      ...(found.status.lock?.backup?.held === true ? ['A backup of this stanza is being taken now.'] : []),
      ...(found.status.lock?.restore?.held === true ? ['A restore of this stanza runs now.'] : []),
    ],
    points,
    archive: range,
    archivedUntilMs:
      archive === undefined || range === null ? null : await arrivalOf(site, host, archive.id, range.max),
  }
}

/** Documented (repo-ls, since 2.23): what lies in the repository, with its times. */
async function arrivalOf(
  site: Site,
  host: RemoteHost,
  archiveId: string,
  segment: string,
): Promise<number | null> {
  const folder = `archive/${site.config.stanza}/${archiveId}/${segment.slice(0, 16)}`
  const output = await host.run(
    // It takes no stanza.
    withoutStanza(pgBackRestCommand(site.config, host, ['repo-ls', '--output=json', folder], lookDeadlineMs)),
    site.session.signal,
  )
  if (output.code !== 0) return null
  const listed = z
    .record(z.string(), z.object({ time: z.number().optional() }))
    .safeParse(jsonOf(output.stdout, 'pgbackrest repo-ls', host))
  const times = Object.entries(listed.data ?? {}).flatMap(([name, { time }]) =>
    name.startsWith(segment) && time !== undefined ? [time * 1000] : [],
  )
  return times.length === 0 ? null : Math.max(...times)
}

function withoutStanza(command: ReturnType<typeof pgBackRestCommand>): ReturnType<typeof pgBackRestCommand> {
  const [program, ...args] = command.argv
  return { ...command, argv: [program, ...args.filter((arg) => !arg.startsWith('--stanza='))] }
}

async function askJson(
  site: Site,
  host: RemoteHost,
  args: readonly string[],
  what: string,
): Promise<unknown> {
  const output = await host.run(
    pgBackRestCommand(site.config, host, args, lookDeadlineMs),
    site.session.signal,
  )
  if (output.code === 0) return jsonOf(output.stdout, what, host)
  throw commandFailed(host, what, output, {
    why: exitReason(output.code),
    next: 'Check the configuration of pgBackRest on that host, and the user that runs it.',
  })
}

/** One way to restore, with what it costs. */
export interface RestoreChoice {
  readonly wish: RestoreWish
  /** The last moment whose changes can be there; null: it is not known. */
  readonly reachesMs: number | null
  /** What was committed in this time before the failure is lost; null: it is not known. Never below 0. */
  readonly rpoMs: number | null
  readonly sentence: string
}

/** Everything that was archived first, then each backup as it was when it was consistent, the newest first. */
export function restoreChoices(
  { points, archivedUntilMs }: RestorePoints,
  failedMs: number,
): readonly RestoreChoice[] {
  const [newest] = points
  if (newest === undefined) return []
  const choice = (wish: RestoreWish, reachesMs: number | null, lead: string): RestoreChoice => {
    const rpoMs = reachesMs === null ? null : Math.max(0, failedMs - reachesMs)
    const lost =
      rpoMs === null
        ? 'How much is lost is not told.'
        : `Lost: what was committed in the last ${spanWords(rpoMs)} before the failure.`
    return { wish, reachesMs, rpoMs, sentence: `${lead} ${lost}` }
  }
  return [
    choice(
      { type: 'default', label: newest.label },
      archivedUntilMs,
      `${newest.label} and all WAL that was archived.`,
    ),
    ...points.map(({ label, type, stoppedMs }) =>
      choice({ type: 'immediate', label }, stoppedMs, `${label} (${type}) as it was when it was taken.`),
    ),
  ]
}

/** The way to a point in time, or why there is none. Null for what is not known: PostgreSQL itself decides then. */
export function choiceAt(
  { points, archivedUntilMs }: RestorePoints,
  targetMs: number,
  failedMs: number,
): { readonly ok: true; readonly choice: RestoreChoice } | { readonly ok: false; readonly sentence: string } {
  const at = new Date(targetMs).toISOString()
  // A backup has to be consistent before the target: its own end is the first moment that it can be restored to.
  const point = points.find(({ stoppedMs }) => stoppedMs < targetMs)
  if (point === undefined) {
    const oldest = points.at(-1)
    const from =
      oldest === undefined
        ? 'There is no backup.'
        : `The oldest backup ended at ${new Date(oldest.stoppedMs).toISOString()}.`
    return { ok: false, sentence: `No backup reaches back to ${at}. ${from}` }
  }
  // A segment arrives after what is in it was committed.
  if (archivedUntilMs !== null && targetMs > archivedUntilMs) {
    const until = new Date(archivedUntilMs).toISOString()
    return {
      ok: false,
      sentence: `The last WAL arrived at ${until}: PostgreSQL cannot reach ${at}, and would not start.`,
    }
  }
  const rpoMs = Math.max(0, failedMs - targetMs)
  const wish: RestoreWish = { type: 'time', label: point.label, target: at }
  const sentence = `${point.label} and the WAL until ${at}. Lost: what was committed in the last ${spanWords(rpoMs)} before the failure.`
  return { ok: true, choice: { wish, reachesMs: targetMs, rpoMs, sentence } }
}
