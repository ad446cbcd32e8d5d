import type { Health, HealthGroup, JudgedCluster, JudgedHealth } from './cluster-health.ts'

const groupOrder: Readonly<Record<HealthGroup, number>> = { act: 0, attention: 1, good: 2 }
const toneOrder: Readonly<Record<Health['tone'], number>> = {
  bad: 0,
  warn: 1,
  unknown: 2,
  run: 3,
  notProvable: 4,
  good: 5,
}

/** Worst first: by group and state, then by how far the age is over its target, then by name. */
export function worstFirst<C extends JudgedCluster>(
  judged: readonly JudgedHealth<C>[],
): readonly JudgedHealth<C>[] {
  return judged.toSorted(
    (a, b) =>
      groupOrder[a.health.group] - groupOrder[b.health.group] ||
      toneOrder[a.health.tone] - toneOrder[b.health.tone] ||
      overdue(b.health) - overdue(a.health) ||
      (a.cluster.name < b.cluster.name ? -1 : 1),
  )
}

/** No restorable backup at all is worse than any age. */
function overdue({ ratio }: Health): number {
  return ratio ?? Number.MAX_VALUE
}
