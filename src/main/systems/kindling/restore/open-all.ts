import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import type { Outcome } from '../../../ports/runbook.ts'
import type { BackupTool, ListedBackup } from '../live/backup-tool.ts'
import { chosenTool } from '../live/chosen-tool.ts'
import { lookOpen, openPostgres } from './postgres-server.ts'
import { toolHost, type Site } from './site.ts'
import { startUnits, stillHeld, unitsStopped, type UnitsByHost } from './units.ts'

/**
 * Opens PostgreSQL, then starts the units of all hosts side by side within the 30 s in which no server is marked dead. Where PostgreSQL
 * is open and units are up already, only what is missing is started.
 */
export async function openPostgresAndStartAllUnits(
  site: Site,
  units?: UnitsByHost,
): Promise<Outcome & { readonly spreadMs: number }> {
  const opened = await openPostgres(site)
  site.line(opened.state === 'done' ? 'info' : 'error', opened.sentence)
  if (opened.state !== 'done') return { ...opened, spreadMs: 0 }
  const started = await startUnits(site, units)
  return { ...started, evidence: [...opened.evidence, ...started.evidence] }
}

/** Whether PostgreSQL is open and some unit of kindling is up: that it was done, not that all is well. */
export async function lookAllStarted(site: Site): Promise<Outcome> {
  const opened = await lookOpen(site)
  if (opened.state !== 'done') return opened
  const stopped = await unitsStopped(site)
  const held = await stillHeld(site)
  if (held !== null) return notYet(held, { evidence: stopped.evidence })
  return stopped.state === 'done'
    ? { ...stopped, state: 'notYet', sentence: `PostgreSQL is open. ${stopped.sentence}` }
    : done('PostgreSQL is open, and units of kindling are up.', { evidence: stopped.evidence })
}

/** A restored database goes on in a timeline of its own: from here on only a new full backup leads back to it. */
export async function takeFullBackup(site: Site): Promise<Outcome & { readonly label: string | null }> {
  const host = await toolHost(site)
  const tool = chosenTool(site.config)
  const { signal } = site.session
  const known = new Set((await usableBackups(site, tool)).map(({ id }) => id))
  const run = await tool.backup(host, 'full', signal)
  const made = (await usableBackups(site, tool)).find(({ id }) => !known.has(id))
  const evidence = [
    {
      name: `${tool.name} backup`,
      value: run.isSuccess ? 'exit status 0' : `${run.words} ${run.said}`.trim(),
    },
  ]
  if (made === undefined)
    return {
      ...failed(`${tool.name} made no backup. ${run.words}`, {
        evidence,
        next: 'Mend what it names, then take it again.',
      }),
      label: null,
    }
  const check = await tool.check(host, signal)
  const all = [...evidence, { name: `${tool.name} check`, value: check.evidence ?? check.answer }]
  return check.state === 'ok'
    ? {
        ...done(`${made.id} is made, and the check of ${tool.name} passes.`, {
          evidence: all,
          learnt: { backup: made.id },
        }),
        label: made.id,
      }
    : {
        ...failed(`${made.id} is made. ${check.answer}`, {
          evidence: all,
          ...(check.next !== undefined && { next: check.next }),
        }),
        label: made.id,
      }
}

/** Whether a backup was ended since then, by the tool’s own list. */
export async function lookBackupSince(site: Site, sinceMs: number): Promise<Outcome> {
  const made = (await usableBackups(site, chosenTool(site.config))).find(
    ({ endedMs }) => endedMs !== null && endedMs >= sinceMs,
  )
  if (made === undefined) return notYet(`No backup has ended since ${new Date(sinceMs).toISOString()}.`)
  return made.flaw === null
    ? done(`${made.id} is there.`, { learnt: { backup: made.id } })
    : failed(`${made.id} is there. ${made.flaw}`)
}

async function usableBackups(site: Site, tool: BackupTool): Promise<readonly ListedBackup[]> {
  const { backups } = await tool.look(await toolHost(site), site.session.signal)
  return backups.filter(({ isUsable }) => isUsable)
}
