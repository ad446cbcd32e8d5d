import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { done, failed, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { Outcome } from '../../../ports/runbook.ts'
import { heldIn } from '../../../engine/runbook/held-units.ts'
import { shownUnits, type Properties } from '../live/units.ts'
import { releaseKindling } from './hold.ts'
import { asRoot, type Site } from './site.ts'

/** By the address of a host, the names of its units. */
export type UnitsByHost = Readonly<Record<string, readonly string[]>>

interface HostUnits {
  readonly address: string
  readonly host: RemoteHost | null
  readonly units: readonly Properties[]
  /** Why the host did not tell; null where it did. */
  readonly problem: string | null
}

/** systemd waits 90 s before it kills what does not end (documented: DefaultTimeoutStopSec). */
const stopDeadlineMs = 150_000

/**
 * Stops every unit of kindling on every host. A worker takes its guests down with it unless
 * KINDLING_PRESERVE_WORKLOADS_ON_SHUTDOWN is 1 (from source). A host that does not answer is told: it has to be fenced, since its
 * workers would write into the restored database.
 */
export async function stopUnits(site: Site): Promise<Outcome & { readonly stopped: UnitsByHost }> {
  const seen = await unitsOnAll(site)
  const stopped: Record<string, readonly string[]> = {}
  const stops = seen.map(async (each): Promise<HostUnits> => {
    const { address, host, units } = each
    stopped[address] = units.map(nameOf)
    const running = units.filter(isUp).map(nameOf)
    if (host === null || running.length === 0) return each
    try {
      await asRoot(site, host, ['systemctl', 'stop', '--', ...running], stopDeadlineMs)
      site.line('info', `${address}: ${running.join(', ')} stopped.`)
      return each
    } catch (error) {
      return { ...each, problem: wordsOf(error) }
    }
  })
  const problems = (await Promise.all(stops)).filter(({ problem }) => problem !== null)
  for (const { address, problem } of problems) site.line('error', `${address}: ${problem}`)
  return { ...(await unitsStopped(site)), learnt: { units: JSON.stringify(stopped) }, stopped }
}

/** Whether no unit of kindling is up on any host. `unknown`: a host does not tell. */
export async function unitsStopped(site: Site): Promise<Outcome> {
  const seen = await unitsOnAll(site)
  const evidence = seen.map(({ address, units, problem }) => ({
    name: address,
    value: problem ?? units.map((unit) => `${nameOf(unit)} ${unit.ActiveState ?? 'unknown'}`).join(', '),
  }))
  const up = seen.filter(({ units }) => units.some(isUp))
  if (up.length > 0) {
    const words = up.map(({ address, units }) => `${units.filter(isUp).map(nameOf).join(', ')} on ${address}`)
    return notYet(`Still up: ${words.join('; ')}.`, {
      evidence,
      next: 'Stop them: systemctl stop on that host.',
    })
  }
  const silent = seen.filter(({ problem }) => problem !== null)
  if (silent.length > 0) {
    return unknown(
      `Whether kindling runs there is not known: ${silent.map(({ address }) => address).join(', ')}.`,
      {
        evidence,
        next: 'Fence these hosts (power, or their way to PostgreSQL). This does not go on while they belong to the connection of the cluster: then take them out of it, abandon this run, and begin it again.',
      },
    )
  }
  return done(
    `No unit of kindling is up on ${seen.length === 1 ? 'the host' : `any of ${seen.length} hosts`}.`,
    { evidence },
  )
}

/** A unit takes a moment to be up; a host that needs longer is named. */
const startDeadlineMs = 60_000
/** From source (serve_background.go): servers with heartbeats older than this are marked dead by whoever starts first. */
const windowMs = 30_000

/**
 * Starts the units of all hosts side by side, and measures over how long a time they began. `units`: what `stopUnits` stopped; left
 * out: those that are enabled. Units that are up already are left alone.
 */
export async function startUnits(
  site: Site,
  units?: UnitsByHost,
): Promise<Outcome & { readonly spreadMs: number }> {
  const { clock } = site.session
  const seen = await unitsOnAll(site)
  const silent = seen.filter(({ problem }) => problem !== null)
  if (silent.length > 0) {
    const names = silent.map(({ address }) => address).join(', ')
    const sentence = `Not started: ${names} ${silent.length === 1 ? 'does' : 'do'} not answer, and the others would mark it dead within 30 s and place its guests anew.`
    return { ...failed(sentence, { next: 'Bring it back, or leave it out of the connection.' }), spreadMs: 0 }
  }
  const wanted = seen.map(({ address, host, units: shown }) => {
    const names =
      units?.[address] ?? shown.filter(({ UnitFileState }) => UnitFileState === 'enabled').map(nameOf)
    const up = new Set(shown.filter(isUp).map(nameOf))
    return { address, host, names: names.filter((name) => !up.has(name)) }
  })
  // The login and sudo of each host are proved before the first unit starts: a wrong password would cost the window.
  await Promise.all(
    wanted.map(async ({ host }) => (host === null ? null : asRoot(site, host, ['true'], 15_000))),
  )
  await Promise.all(wanted.map(async ({ address }) => releaseKindling(site, address)))
  const times = await Promise.all(
    wanted.map(async ({ address, host, names }) => {
      const beganMs = clock.now()
      if (host === null || names.length === 0) return { address, beganMs, endedMs: beganMs, problem: null }
      try {
        await asRoot(site, host, ['systemctl', 'start', '--', ...names], startDeadlineMs)
        site.line('info', `${address}: ${names.join(', ')} started.`)
        return { address, beganMs, endedMs: clock.now(), problem: null }
      } catch (error) {
        return { address, beganMs, endedMs: clock.now(), problem: wordsOf(error) }
      }
    }),
  )
  const spreadMs =
    Math.max(...times.map(({ endedMs }) => endedMs)) - Math.min(...times.map(({ beganMs }) => beganMs))
  const evidence = times.map(({ address, beganMs, endedMs }) => ({
    name: address,
    value: `${new Date(beganMs).toISOString()}, ${endedMs - beganMs} ms`,
  }))
  // A start that systemd passes over, for a condition of the unit, ends with 0 all the same.
  const after = new Map((await unitsOnAll(site)).map((each) => [each.address, each]))
  const words = times.flatMap(({ address, problem }, place) => {
    if (problem !== null) return [`${address}: ${problem}`]
    const now = after.get(address)
    const down = (wanted[place]?.names ?? []).filter((name) => !isActiveOn(now, name))
    return down.length === 0 || now?.problem !== null
      ? []
      : [`${address}: ${down.join(', ')} was started, and is not active.`]
  })
  if (words.length > 0) {
    return {
      ...failed(`Not started on all hosts. ${words.join(' ')}`, {
        evidence,
        next: 'Start them there at once: systemctl start.',
      }),
      spreadMs,
    }
  }
  const unseen = [...after.values()].filter(({ problem }) => problem !== null)
  if (unseen.length > 0) {
    const names = unseen.map(({ address }) => address).join(', ')
    const told = unknown(`All units were started; whether they are active is not known of ${names}.`, {
      evidence,
      next: 'Look again.',
    })
    return { ...told, spreadMs }
  }
  const sentence = `All units were started on ${times.length} hosts within ${spreadMs} ms.`
  return {
    ...(spreadMs < windowMs
      ? done(sentence, { evidence })
      : failed(`${sentence} That is longer than 30 s: servers may have been marked dead.`, {
          evidence,
          next: 'Look at /api/platform/servers; servers marked dead have to be activated.',
        })),
    spreadMs,
  }
}

/** A sentence where units are kept from starting; null: none is, as far as hosts tell. */
export async function stillHeld(site: Site): Promise<string | null> {
  const words = (await unitsOnAll(site)).flatMap(({ address, units }) => {
    const held = units.filter(({ DropInPaths }) => heldIn(DropInPaths).length > 0).map(nameOf)
    return held.length === 0 ? [] : [`${held.join(', ')} on ${address}`]
  })
  return words.length === 0 ? null : `Held back still: ${words.join('; ')}.`
}

async function unitsOnAll(site: Site): Promise<readonly HostUnits[]> {
  const { session, config } = site
  return Promise.all(
    config.hosts.map(async (address): Promise<HostUnits> => {
      let host: RemoteHost | null = null
      try {
        host = await session.host(address, config.ssh)
        return { address, host, units: await shownUnits(host, session.signal), problem: null }
      } catch (error) {
        return { address, host, units: [], problem: wordsOf(error) }
      }
    }),
  )
}

function isActiveOn(seen: HostUnits | undefined, name: string): boolean {
  return seen?.units.some((unit) => nameOf(unit) === name && unit.ActiveState === 'active') === true
}

function isUp({ ActiveState }: Properties): boolean {
  return ActiveState !== 'inactive' && ActiveState !== 'failed'
}

function nameOf({ Id = '' }: Properties): string {
  return printable(Id)
}

/** Cancelling, and what nobody expected, go on. */
function wordsOf(error: unknown): string {
  if (!isHoldfastError(error) || error.code === 'cancelled') throw error
  const { what, why } = error.text
  return why === undefined ? what : `${what} ${why}`
}
