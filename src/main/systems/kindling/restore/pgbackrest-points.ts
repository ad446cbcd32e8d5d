import * as z from 'zod'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import { lastSecond } from '../last-second.ts'
import { commandFailed, jsonOf, notUnderstood } from '../live/on-host.ts'
import { exitReason, pgBackRestCommand, toldBackup, toldStanza, withoutStanza } from '../live/pgbackrest.ts'
import type { RestorePoint, RestorePoints } from './restore-points.ts'
import { toolHost, type Site } from './site.ts'

const database = z.object({ id: z.int(), 'repo-key': z.int() })

/** From source: pgBackRest src/command/info/info.c. */
const infoForm = z.array(
  toldStanza.extend({
    archive: z
      .array(z.object({ id: z.string(), min: z.string().nullable(), max: z.string().nullable(), database }))
      .default([]),
    backup: z
      .array(
        toldBackup.extend({
          archive: z.object({ start: z.string().nullable(), stop: z.string().nullable() }),
          database,
        }),
      )
      .default([]),
  }),
)

const lookDeadlineMs = 60_000

/** What can be restored, by what pgBackRest tells on the first host. Changes nothing. */
export async function readPgBackRestPoints(site: Site): Promise<RestorePoints> {
  const host = await toolHost(site)
  const { stanza } = site.config
  const told = infoForm.safeParse(await askJson(site, host, ['info', '--output=json'], 'pgbackrest info'))
  const found = told.data?.find(({ name }) => name === stanza)
  if (found === undefined)
    throw notUnderstood('pgbackrest info', host.name, told.error?.message ?? `no ${stanza}`)
  const points = found.backup
    .flatMap(({ label, type, error, timestamp, archive }): RestorePoint[] => {
      if (archive.start === null || archive.stop === null) return []
      const flaw = error === true ? 'Pages with wrong checksums were found while it was copied.' : null
      return [{ label, type, stoppedMs: timestamp.stop * 1000, flaw }]
    })
    .toSorted((a, b) => b.stoppedMs - a.stoppedMs)
  const newest = found.backup.find(({ label }) => label === points[0]?.label)
  const archive = found.archive.find(({ database }) => database.id === newest?.database.id)
  const range =
    archive === undefined || archive.min === null || archive.max === null
      ? null
      : { min: archive.min, max: archive.max }
  return {
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
    withoutStanza(pgBackRestCommand(site.config, host, ['repo-ls', '--output=json', folder], lookDeadlineMs)),
    site.session.signal,
  )
  if (output.code !== 0) return null
  const listed = z
    .record(z.string(), z.object({ time: z.number().min(0).max(lastSecond).optional() }))
    .safeParse(jsonOf(output.stdout, 'pgbackrest repo-ls', host))
  const times = Object.entries(listed.data ?? {}).flatMap(([name, { time }]) =>
    name.startsWith(segment) && time !== undefined ? [time * 1000] : [],
  )
  return times.length === 0 ? null : Math.max(...times)
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
