import * as z from 'zod'
import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { spanWords } from '../../../../shared/domain/size-words.ts'
import { done, failed, notYet, whereFailing } from '../../../engine/runbook/outcomes.ts'
import type { Outcome } from '../../../ports/runbook.ts'
import { psql } from '../live/psql.ts'
import { closedConnection, databaseHost, dataFolder, type Site } from './site.ts'
import { serverState, userOn } from './postgres-server.ts'

const standing = z.object({
  inRecovery: z.boolean(),
  replayed: z.string().nullable(),
  behindSeconds: z.number().nullable(),
  receives: z.boolean(),
})

/** Documented (PostgreSQL, functions for recovery). The time since the last commit is no lag where nothing was committed. */
const standingQuery = `SELECT json_build_object('inRecovery', pg_is_in_recovery(),
 'replayed', pg_last_wal_replay_lsn()::text,
 'behindSeconds', extract(epoch FROM now() - pg_last_xact_replay_timestamp()),
 'receives', EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming'))`

async function ask<T>(site: Site, sql: string, schema: z.ZodType<T>, mayWrite: boolean): Promise<T> {
  const host = await databaseHost(site)
  const reached = { host, postgres: closedConnection(site), user: userOn(site, host), mayWrite }
  return psql(sql, schema, reached, site.session.signal)
}

/** How far the standby has come, before anything is decided. */
export async function lookStandby(site: Site): Promise<Outcome> {
  const { inRecovery, replayed, behindSeconds, receives } = await ask(site, standingQuery, standing, false)
  const evidence = [
    { name: 'pg_is_in_recovery', value: inRecovery ? 't' : 'f' },
    { name: 'replayed', value: printable(replayed ?? 'nothing') },
    { name: 'receives from a primary', value: receives ? 'yes' : 'no' },
  ]
  if (!inRecovery) {
    return failed('It is no standby: it takes writes already.', {
      evidence,
      next: 'Find out who promoted it; then look whether the hosts’ DSN lead to it.',
    })
  }
  if (receives) {
    return failed('It receives WAL from a primary that lives.', {
      evidence,
      next: 'A primary that lives is repaired or switched over from, not replaced.',
    })
  }
  const behind =
    behindSeconds === null
      ? 'When its last transaction was committed it does not tell.'
      : `Its last transaction was committed ${spanWords(behindSeconds * 1000)} ago.`
  return done(`It is a standby that has replayed up to ${printable(replayed ?? 'nothing')}. ${behind}`, {
    evidence,
  })
}

/** Ends the recovery of the standby; waits until it takes writes. Where it does already, nothing is done. */
export async function promote(site: Site): Promise<Outcome> {
  const before = await lookPromoted(site)
  if (before.state === 'done') return before
  // Documented: it only signals where it is not to wait.
  await ask(site, 'SELECT to_json(pg_promote(false))', z.boolean(), true)
  for (let look = 1; ; look += 1) {
    const seen = await lookPromoted(site)
    if (seen.state === 'done' || look === promoteLooks) return seen
    await site.session.clock.wait(1000, site.session.signal)
  }
}

const promoteLooks = 60

export async function lookPromoted(site: Site): Promise<Outcome> {
  return whereFailing(async () => {
    const { inRecovery } = await ask(site, standingQuery, standing, false)
    const evidence = [{ name: 'pg_is_in_recovery', value: inRecovery ? 't' : 'f' }]
    return inRecovery
      ? notYet('It is a standby still.', { evidence })
      : done('It is the primary: it takes writes.', { evidence })
  }, 'unknown')
}

/** Nobody was there. Everything else that keeps a login from succeeding was said by a host that lives. */
const silences: ReadonlySet<string> = new Set(['host.unreachable', 'host.timedOut'])

/**
 * Whether the old primary takes no writes. A host that does not answer proves nothing: what is known of it then is what the operator
 * wrote down. Of one that answers only PostgreSQL itself, or `pg_ctl` of its data folder, is believed: a password or a role that is
 * refused says nothing of a server that runs.
 */
export async function lookFenced(site: Site): Promise<Outcome> {
  try {
    await databaseHost(site)
  } catch (error) {
    if (!isHoldfastError(error) || !silences.has(error.code)) throw error
    return done('Its host does not answer. That it is off, and stays off, is by your word alone.', {
      evidence: [{ name: error.code, value: error.text.what }],
    })
  }
  const asked = await whereFailing(async () => {
    const { inRecovery } = await ask(site, standingQuery, standing, false)
    return inRecovery ? done('It is a standby now.') : notYet('It takes writes.')
  }, 'unknown')
  switch (asked.state) {
    case 'done':
      return asked
    case 'notYet':
      return failed('The old primary takes writes still.', {
        next: 'Stop it, keep it from starting again, then say so once more.',
      })
    case 'failed':
    case 'unknown':
      return lookServerEnded(site, asked)
  }
}

/** For a server that could not be asked. A folder without a database may be the wrong folder: nothing follows from it. */
async function lookServerEnded(site: Site, asked: Outcome): Promise<Outcome> {
  const state = await serverState(site, await databaseHost(site))
  const evidence = [{ name: `pg_ctl status of ${dataFolder(site)}`, value: state }, ...asked.evidence]
  switch (state) {
    case 'stopped':
      return done('Its host answers, and PostgreSQL does not run there.', { evidence })
    case 'running':
      return failed(`PostgreSQL runs there, and does not say whether it takes writes. ${asked.sentence}`, {
        evidence,
        next: 'Stop it, keep it from starting again, then say so once more.',
      })
    case 'noCluster':
      return failed(
        `${dataFolder(site)} holds no database, and PostgreSQL does not answer. ${asked.sentence}`,
        {
          evidence,
          next: 'Switch the host off, or give the data folder of PostgreSQL in the connection, then say so once more.',
        },
      )
  }
}
