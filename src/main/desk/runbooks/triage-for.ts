import type { Triage } from '../../../shared/contract/runbooks.ts'
import { parseAddress } from '../../../shared/domain/address.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { SystemName } from '../../../shared/domain/system-name.ts'
import { questionIds, questionOf } from '../../../shared/domain/triage/questions.ts'
import { answersTold, triageOf, type ToldAnswer } from '../../../shared/domain/triage/triage.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import type { Desk } from '../desk.ts'
import { findAnswers, type Seen, type SeenCluster } from './find-answers.ts'

type Parts = Pick<Desk, 'state' | 'healths' | 'views' | 'clock'> & {
  readonly runbooks: Pick<Desk['runbooks'], 'list'>
}

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
  checkAnswers(cluster.system, answers)
  return triageOf(cluster.system, findAnswers(seenOf(cluster, parts)), answers)
}

/** Throws `usage`: an answer with a mistyped name would be passed over in silence, and what was found would stand. */
function checkAnswers(system: SystemName, answers: Readonly<Record<string, string>>): void {
  for (const [given, choice] of Object.entries(answers)) {
    const id = questionIds.find((each) => each === given)
    const possible = id === undefined ? questionIds : questionOf(id, system).choices.map((each) => each.id)
    if (id !== undefined && possible.some((each) => each === choice)) continue
    throw new HoldfastError('usage', {
      what:
        id === undefined
          ? `No question is called ${JSON.stringify(given)}.`
          : `${JSON.stringify(choice)} is no answer to “${questionOf(id, system).question}”`,
      unchanged: 'Nothing was begun.',
      next: `There are ${possible.join(', ')}.`,
    })
  }
}

const restoredForMs = 7 * 86_400_000

/** Those that put another state into a cluster, by whatever tool; they remember no folder of a target. */
const restoring: ReadonlySet<string> = new Set([
  'X-5',
  'KI-3',
  'KI-4',
  'KI-5',
  'CH-4',
  'CH-5',
  'CH-6',
  'AR-2',
  'AR-3',
  'AR-5',
  'KD-1',
  'KD-2',
  'KD-5',
  'KD-6',
])

function seenOf(cluster: SavedCluster, { state, healths, views, clock, runbooks }: Parts): Seen {
  const asSeen = (each: SavedCluster): SeenCluster => {
    const repository = state.repositories.get(each.repositoryId)
    return {
      name: each.name,
      health: healths.get(each.id),
      look: views.look(each.id),
      isRemote: repository !== null && parseAddress(repository.address).kind !== 'file',
    }
  }
  const isOfNow = (clusterId: string | null, at: string): boolean =>
    clusterId === cluster.id && clock.now() - Date.parse(at) < restoredForMs
  const [restored] = [
    ...state.targets
      .list()
      .flatMap(({ clusterId, usedAt, backupId }) =>
        isOfNow(clusterId, usedAt) ? [{ at: usedAt, backupId: backupId ?? 'a backup' }] : [],
      ),
    // One that is open, or was given up, may have come as far.
    ...runbooks
      .list()
      .flatMap(({ clusterId, scenario, startedAt, endedAt }) =>
        restoring.has(scenario) && isOfNow(clusterId, endedAt ?? new Date(clock.now()).toISOString())
          ? [{ at: startedAt, backupId: `a backup (${scenario})` }]
          : [],
      ),
  ].toSorted((a, b) => (a.at < b.at ? 1 : -1))
  return {
    system: cluster.system,
    cluster: asSeen(cluster),
    others: state.clusters
      .list()
      .filter(({ id }) => id !== cluster.id)
      .map(asSeen),
    masterKeys: cluster.masterKeys.length,
    restored: restored ?? null,
  }
}
