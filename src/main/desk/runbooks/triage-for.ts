import type { Triage } from '../../../shared/contract/runbooks.ts'
import { parseAddress } from '../../../shared/domain/address.ts'
import { answersTold, triageOf, type ToldAnswer } from '../../../shared/domain/triage/triage.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import type { Desk } from '../desk.ts'
import { findAnswers, type Seen, type SeenCluster } from './find-answers.ts'

type Parts = Pick<Desk, 'state' | 'healths' | 'views' | 'clock'>

/** The way to the right runbook for a cluster, answered as far as this console has seen it. From memory, at once. */
export function triageFor(
  cluster: SavedCluster,
  answers: Readonly<Record<string, string>>,
  parts: Parts,
): Triage {
  const { questions, advice } = asTriage(cluster, answers, parts)
  return {
    questions: questions.map((each) => ({ ...each })),
    advice: advice === null ? null : { scenario: advice.scenario, sentence: advice.sentence },
  }
}

/** How the operator came to the runbook, in words, for the run. */
export function answersFor(
  cluster: SavedCluster,
  answers: Readonly<Record<string, string>>,
  parts: Parts,
): readonly ToldAnswer[] {
  return answersTold(asTriage(cluster, answers, parts))
}

function asTriage(cluster: SavedCluster, answers: Readonly<Record<string, string>>, parts: Parts) {
  return triageOf(cluster.system, findAnswers(seenOf(cluster, parts)), answers)
}

const restoredForMs = 7 * 86_400_000

function seenOf(cluster: SavedCluster, { state, healths, views, clock }: Parts): Seen {
  const asSeen = (each: SavedCluster): SeenCluster => {
    const repository = state.repositories.get(each.repositoryId)
    return {
      name: each.name,
      health: healths.get(each.id),
      look: views.look(each.id),
      isRemote: repository !== null && parseAddress(repository.address).kind !== 'file',
    }
  }
  const [restored] = state.targets
    .list()
    .filter(
      ({ clusterId, usedAt }) => clusterId === cluster.id && clock.now() - Date.parse(usedAt) < restoredForMs,
    )
    .toSorted((a, b) => (a.usedAt < b.usedAt ? 1 : -1))
  return {
    system: cluster.system,
    cluster: asSeen(cluster),
    others: state.clusters
      .list()
      .filter(({ id }) => id !== cluster.id)
      .map(asSeen),
    masterKeys: cluster.masterKeys.length,
    restored:
      restored === undefined ? null : { at: restored.usedAt, backupId: restored.backupId ?? 'a backup' },
  }
}
