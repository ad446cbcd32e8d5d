import { useParams } from '@tanstack/react-router'
import { useActionItems } from './action-items.tsx'
import { useClusterItems } from './cluster-items.tsx'
import type { PaletteGroup } from './items.ts'
import { useKeptItems } from './kept-items.tsx'
import { useRunItems } from './run-items.tsx'
import { useFound } from './use-found.tsx'
import { useAuditItems, useBackupItems, useClusterNames, useJobItems, useWorstItems } from './thing-items.tsx'

/**
 * All that can be found, in the order in which it is shown. `query`: what is asked of the console, a moment after it was typed.
 * Before anything is typed, what each of all clusters offers is left out: it would take a fleet's time and hardly be seen.
 */
export function usePaletteGroups(
  query: string,
  typed: string,
): {
  readonly groups: readonly PaletteGroup[]
  /** Clusters of which nothing can be found yet. */
  readonly unseen: number
} {
  const isTyped = typed !== ''
  const current = useParams({ strict: false, select: (params) => params.id })
  const worst = useWorstItems()
  const clusters = useClusterNames()
  const backups = useBackupItems(current)
  const found = useFound(query)
  const ofClusters = useClusterItems(current, typed)
  const actions = useActionItems()
  const kept = useKeptItems(current, isTyped)
  const runs = useRunItems(isTyped)
  const jobs = useJobItems(isTyped)
  const audit = useAuditItems(query)
  const groups = [
    { name: worst.name, items: worst.items },
    { name: 'Clusters', items: clusters },
    { name: 'Backups and objects', items: [...backups, ...found.items] },
    { name: 'Actions', items: [...ofClusters, ...actions] },
    { name: 'Runbooks', items: runs },
    { name: 'Kept here', items: kept },
    { name: 'Jobs', items: jobs },
    { name: 'Audit chain', items: audit },
  ]
  return { groups, unseen: found.unseen }
}
