import type { Look } from '../../../shared/contract/clusters.ts'
import type { Health } from '../../../shared/contract/masters.ts'
import type { SystemName } from '../../../shared/domain/system-name.ts'
import type { Found, FoundAnswers } from '../../../shared/domain/triage/triage.ts'
import { findInLook } from './find-in-look.ts'
import { findInProbes } from './find-in-probes.ts'

/** A cluster as far as it was seen; all of it from memory. */
export interface SeenCluster {
  readonly name: string
  readonly health: Health | null
  readonly look: Look | null
  /** Its repository is reached over the network. */
  readonly isRemote: boolean
}

export interface Seen {
  readonly system: SystemName
  readonly cluster: SeenCluster
  /** Of every other cluster of this installation: hosts that have nothing to do with this one. */
  readonly others: readonly SeenCluster[]
  /** What its backups hold is judged here, and not only listed. */
  readonly masterKeys: number
  /** The newest restore of it by this console, in the last 7 days; null: none. */
  readonly restored: { readonly at: string; readonly backupId: string } | null
}

/** The questions that can be answered from what this console has seen already. What it cannot tell stays open. */
export function findAnswers(seen: Seen): FoundAnswers {
  const { system, cluster, masterKeys, restored } = seen
  const network = findNetwork(seen)
  return {
    ...(network !== null && { network }),
    ...(restored === null && { wrongRestore: nothingRestored }),
    ...(cluster.health !== null && findInProbes(system, cluster.health.probes)),
    ...(cluster.look !== null && findInLook(cluster.look, masterKeys > 0)),
  }
}

const nothingRestored: Found = {
  choice: 'no',
  because: 'This console has restored nothing of it in the last 7 days.',
  at: null,
}

/** What an answer came from, or that none came. */
interface Reach {
  readonly of: string
  readonly at: string
  readonly isReached: boolean
}

/** Where nothing answers anywhere, it is not the cluster; one other host that fails too proves nothing. */
function findNetwork({ cluster, others }: Seen): Found | null {
  const own = reachesOf(cluster)
  const other = others.flatMap(reachesOf)
  const answering = [...own, ...other].find(({ isReached }) => isReached)
  if (answering !== undefined) {
    return { choice: 'fine', because: `${answering.of} has answered.`, at: answering.at }
  }
  if (own.length === 0 || other.length < 2) return null
  return {
    choice: 'ours',
    because: `Nothing answers: neither ${cluster.name} nor ${other.map(({ of }) => of).join(', ')}.`,
    at: own[0]?.at ?? null,
  }
}

function reachesOf({ name, health, look, isRemote }: SeenCluster): readonly Reach[] {
  const probes = (health?.probes ?? []).filter(({ id }) => id === 'answers')
  const firstAnswer = probes.find(({ state }) => state === 'ok')
  const last = firstAnswer ?? probes.at(-1)
  const isRead = look !== null && look.failure === null
  const isCutOff = look?.failure?.code === 'repository.unreachable'
  return [
    ...(last === undefined
      ? []
      : [
          {
            of: firstAnswer === undefined ? `the masters of ${name}` : `${firstAnswer.of} of ${name}`,
            at: last.at,
            isReached: firstAnswer !== undefined,
          },
        ]),
    ...(look !== null && isRemote && (isRead || isCutOff)
      ? [{ of: `the repository of ${name}`, at: look.asOf, isReached: isRead }]
      : []),
  ]
}
