import { isHoldfastError } from '../../../shared/domain/error.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import type { HostAccess } from '../../engine/runbook/on-host.ts'
import { done, failed, notYet } from '../../engine/runbook/outcomes.ts'
import type { Outcome, StepContext } from '../../ports/runbook.ts'
import { isGood } from './good-backups.ts'
import { findKeyHolders, type KeyHolder } from './key-on-hosts.ts'
import type { KeyPlaces } from './lost-key.ts'

export interface Site {
  readonly places: KeyPlaces
  readonly hosts: readonly HostAccess[]
}

/**
 * What is known of the key. `kept`: of the keys here, `opens`, `notProved` or `no`. `live`: of what is on the hosts, `same` as one
 * that is kept here, `other`, or `no`.
 */
export const keyState = { kept: 'key.kept', live: 'key.live' } as const

/** How many different keys are on the hosts. */
const keysOnHosts = 'key.different'
/** Hosts on which none is known to be. */
const hostsWithout = 'key.hostsWithout'

/**
 * Whether a key that is kept here opens the newest backup. `demand`: anything less than a proof fails; `demandAny`: having
 * one is enough where a backup proves nothing of it.
 */
export async function proveKey(
  { backupProvesIt }: KeyPlaces,
  { session, recovery, known, progress }: StepContext,
  demand: 'demand' | 'demandAny' | null = null,
): Promise<Outcome> {
  const told = (state: 'opens' | 'notProved' | 'no', sentence: string, next?: string): Outcome => {
    const more = { learnt: { [keyState.kept]: state }, ...(next !== undefined && { next }) }
    const isEnough = state === 'opens' || demand === null || (demand === 'demandAny' && state === 'notProved')
    return isEnough ? done(sentence, more) : failed(sentence, more)
  }
  const keys = await session.masterKeys()
  const labels = keys.map(({ label }) => label).join(', ')
  if (keys.length === 0)
    return told('no', 'No master key of this cluster is kept here.', 'Add it to the cluster’s master keys.')
  if (known.get(keyState.live) === 'same') return told('opens', `${labels}: the cluster runs with it.`)
  const [newest] = await recovery.points()
  if (newest === undefined) return told('notProved', `${labels}: there is no backup to try it on.`)
  if (!backupProvesIt) {
    return told(
      'notProved',
      `${labels}: the backups do not tell whether it is the right one; a start does.`,
      'Compare it with a process that runs, or accept it with a reason.',
    )
  }
  const { backupId, verdict, because } = await recovery.prove(newest.backupId, progress)
  return isGood({ verdict })
    ? told('opens', `${labels}: ${backupId} is opened with it, to its end.`)
    : told('no', `${labels}: ${backupId} is not good with it. ${because ?? ''}`.trim())
}

/** Asks every host; what cannot be reached is told, since the key may be there. */
export async function lookOnHosts({ places, hosts }: Site, context: StepContext): Promise<Outcome> {
  const { session, runId, line } = context
  if (hosts.length === 0) {
    return failed('The connection of this cluster names no host to look on.', {
      next: 'Give the connection its hosts and begin again, or look by hand and pass over this step with a reason.',
    })
  }
  const label = `holdfast ${runId}`
  const holders: KeyHolder[] = []
  const silent: string[] = []
  for (const host of hosts) {
    try {
      holders.push(...(await findKeyHolders(host, { ...places, label }, context)))
    } catch (error) {
      if (!isHoldfastError(error) || error.code === 'cancelled') throw error
      silent.push(host.address)
      line('error', error.message)
    }
  }
  const kept = (await session.masterKeys()).map((key) => ({
    name: key.label,
    sha256: key.sha256After(label),
  }))
  const told = holders.map(({ host, what, sha256 }) => {
    const same = kept.find((key) => key.sha256 === sha256)
    return {
      name: `${what} on ${host}`,
      value: same === undefined ? 'a key that is not kept here' : `the key ${same.name}`,
      isSame: same !== undefined,
    }
  })
  const evidence = told.map(({ name, value }) => ({ name, value }))
  const different = new Set(holders.map(({ sha256 }) => sha256)).size
  const first = told.find(({ isSame }) => isSame) ?? told[0]
  if (first !== undefined) {
    const live = first.isSame ? 'same' : 'other'
    const others =
      different > 1 ? ` They hold ${different} different keys: only one of them is the right one.` : ''
    const unseen = silent.length === 0 ? '' : ` Not looked at: ${silent.join(', ')}.`
    const without = hosts.filter(({ address }) => !holders.some(({ host }) => host === address))
    return done(
      `${first.name} holds ${first.value}; ${countOf(told.length, 'place')} in all.${others}${unseen}`,
      {
        evidence,
        learnt: {
          [keyState.live]: live,
          [keysOnHosts]: String(different),
          [hostsWithout]: without.map(({ address }) => address).join(', '),
        },
      },
    )
  }
  const learnt = { [keyState.live]: 'no' }
  return silent.length === 0
    ? done(`It is on none of ${countOf(hosts.length, 'host')}.`, { learnt })
    : notYet(`It is on no host that could be looked at. Not looked at: ${silent.join(', ')}.`, {
        next: 'Reach them and look again, or pass over this step with a reason.',
      })
}

/** What was put into the vault, held against what runs where that can be asked, else against the newest backup. */
export async function keptNow(site: Site, context: StepContext): Promise<Outcome> {
  if ((context.known.get(keyState.live) ?? 'no') !== 'no') {
    const looked = await lookOnHosts(site, context)
    if (looked.learnt?.[keyState.live] === 'same') return looked
  }
  return proveKey(site.places, context, 'demandAny')
}

/** Of a key that is a file: it is on every host, and it is one. */
export async function sameOnHosts(site: Site, context: StepContext): Promise<Outcome> {
  const looked = await lookOnHosts(site, context)
  if (looked.state !== 'done') return looked
  if (looked.learnt?.[keyState.live] === 'no')
    return failed(looked.sentence, { next: 'Put the key there again.' })
  const { evidence } = looked
  if (looked.learnt?.[keysOnHosts] !== '1') {
    return failed(looked.sentence, {
      evidence,
      next: 'Find the one with which kindling starts, and copy it to the others.',
    })
  }
  const without = looked.learnt[hostsWithout] ?? ''
  return without === ''
    ? looked
    : failed(`${looked.sentence} Not seen on ${without}.`, {
        evidence,
        next: 'Put the same file there, or reach the host, and look again. Where kindling has it in another place there, except the row with that.',
      })
}
