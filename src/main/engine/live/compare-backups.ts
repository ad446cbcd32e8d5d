import type { Probe } from '../../../shared/contract/masters.ts'
import { isHoldfastError } from '../../../shared/domain/error.ts'
import type { Session } from '../../ports/cluster-driver.ts'
import type { HttpReply } from '../../ports/http-client.ts'
import type { ObjectStore } from '../../ports/object-store.ts'
import { ask, type Question } from './ask.ts'
import type { RouteGap } from '../../ports/gaps.ts'
import { firstOffered } from './first-offered.ts'
import { demandSuccess, evidenceOf } from './http-replies.ts'
import { compareLists, listedIds, type FoundBackup, type ListNames } from './listed-backups.ts'

export interface BackupsToCompare {
  /** Where the cluster may offer a list, and what it may call its fields. */
  readonly gaps: ListNames & { readonly list: RouteGap }
  readonly get: (path: string) => Promise<HttpReply>
  readonly found: (store: ObjectStore) => Promise<readonly FoundBackup[]>
  /** Those of them that are backups, where only further questions tell. Left out: all. */
  readonly confirmed?: (
    found: readonly FoundBackup[],
    listed: readonly string[],
    store: ObjectStore,
  ) => Promise<readonly FoundBackup[]>
}

/**
 * Asks for the cluster's list of backups and holds it against its repository. Says nothing where no master offers one; one that cannot be
 * read is no fault of the cluster.
 */
export async function compareBackups(
  { gaps, get, found, confirmed = async (all) => Promise.resolve(all) }: BackupsToCompare,
  { clock, cluster, repository }: Pick<Session, 'clock' | 'cluster' | 'repository'>,
  emit: (probe: Probe) => void,
): Promise<void> {
  const question: Question = {
    id: 'listed',
    of: cluster.name,
    question: 'Its list of backups against the repository',
    mark: gaps.list.mark,
  }
  const offered: { path: string | null } = { path: null }
  const answer = await ask(
    question,
    clock,
    async () => {
      const first = await firstOffered(gaps.list, get, (reply) => isList(reply, gaps))
      if (first === null) return { state: 'unknown', answer: 'There is no list.' }
      offered.path = first.path
      const store = await repository('read')
      const all = await found(store)
      // Asked again after the repository was read: what is made meanwhile is missing in neither.
      const reply = await get(first.path)
      demandSuccess(reply, 'The list of backups could not be read.')
      const listed = listedIds(reply, gaps)
      const held = await confirmed(all, listed, store)
      const evidence = `${evidenceOf('GET', first.path, reply)}: ${listed.length}; repository: ${held.length}`
      return compareLists(listed, held, evidence)
    },
    'unknown',
  )
  if (offered.path !== null) emit(answer)
}

/** One that a refusal answers is not passed over: the next one would be refused, too. */
function isList(reply: HttpReply, names: ListNames): boolean {
  if (reply.status !== 200) return true
  try {
    listedIds(reply, names)
    return true
  } catch (error) {
    if (isHoldfastError(error, 'master.badAnswer')) return false
    throw error
  }
}
