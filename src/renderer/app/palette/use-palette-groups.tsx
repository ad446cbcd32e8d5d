import { useParams } from '@tanstack/react-router'
import { useActionItems } from './action-items.tsx'
import type { PaletteGroup } from './items.ts'
import { useRecoverItems, useRunItems } from './run-items.tsx'
import { useFound } from './use-found.tsx'
import { useAuditItems, useBackupItems, useClusterItems, useJobItems, useWorstItems } from './thing-items.tsx'
import { useWorkItems } from './work-items.tsx'

/**
 * All that can be found, in the order in which it is shown. `query`: what is asked of the console, not only held against names.
 * Before anything is typed, what each of all clusters offers is left out: it would take a fleet's time and hardly be seen.
 */
export function usePaletteGroups(
  query: string,
  isTyped: boolean,
): {
  readonly groups: readonly PaletteGroup[]
  /** Clusters of which nothing can be found yet. */
  readonly unseen: number
} {
  const current = useParams({ strict: false, select: (params) => params.id })
  const worst = useWorstItems()
  const clusters = useClusterItems()
  const backups = useBackupItems(current)
  const found = useFound(query)
  const work = useWorkItems(current, isTyped)
  const actions = useActionItems(current)
  const runs = useRunItems()
  const recover = useRecoverItems(current, isTyped)
  const jobs = useJobItems()
  const audit = useAuditItems(query)
  const groups = [
    { name: worst.name, items: worst.items },
    { name: 'Clusters', items: clusters },
    { name: 'Backups and objects', items: [...backups, ...found.items] },
    { name: 'Actions', items: [...work, ...actions] },
    { name: 'Runbooks', items: [...runs, ...recover] },
    { name: 'Jobs', items: jobs },
    { name: 'Audit chain', items: audit },
  ]
  return { groups, unseen: found.unseen }
}
