import type { Cluster } from '../../shared/contract/clusters.ts'
import { healthOf, type HealthRule, type JudgedHealth } from '../../shared/domain/cluster-health.ts'
import { worstFirst } from '../../shared/domain/worst-first.ts'

/** Half a page asks for the same fleet: it is judged once, and a cluster that has not changed stays the same value. */
export const fleetOf = onceFor((clusters: readonly Cluster[], rule) =>
  worstFirst(clusters.map((cluster) => judged(cluster, rule))),
)
const judged = onceFor((cluster: Cluster, rule): JudgedHealth<Cluster> => ({
  cluster,
  health: healthOf(cluster, rule),
}))

/** Remembers the last answer of each thing, for as long as the rule stays the same. */
function onceFor<T extends object, R>(judge: (of: T, rule: HealthRule) => R): (of: T, rule: HealthRule) => R {
  const known = new WeakMap<T, { readonly rule: HealthRule; readonly answer: R }>()
  return (of, rule) => {
    const before = known.get(of)
    if (
      before !== undefined &&
      before.rule.nowMs === rule.nowMs &&
      before.rule.reverifyAfterDays === rule.reverifyAfterDays
    )
      return before.answer
    const answer = judge(of, rule)
    known.set(of, { rule, answer })
    return answer
  }
}
