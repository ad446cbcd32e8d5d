import { useParams } from '@tanstack/react-router'
import { useActionItems } from './action-items.tsx'
import type { PaletteGroup } from './items.ts'
import { useRecoverItems, useRunItems } from './run-items.tsx'
import { useAuditItems, useBackupItems, useClusterItems, useJobItems, useWorstItems } from './thing-items.tsx'

/** All that can be found, in the order in which it is shown. `query`: what is asked of the console, not only held against names. */
export function usePaletteGroups(query: string): readonly PaletteGroup[] {
  const current = useParams({ strict: false, select: (params) => params.id })
  const worst = useWorstItems()
  const clusters = useClusterItems()
  const backups = useBackupItems(current)
  const actions = useActionItems(current)
  const runs = useRunItems()
  const recover = useRecoverItems(current)
  const jobs = useJobItems()
  const audit = useAuditItems(query)
  const groups: PaletteGroup[] = [
    { name: worst.name, items: worst.items },
    { name: 'Clusters', items: clusters },
    { name: 'Backups and objects', items: backups },
    { name: 'Actions', items: actions },
    { name: 'Runbooks', items: [...runs, ...recover] },
    { name: 'Jobs', items: jobs },
    { name: 'Audit chain', items: audit },
  ]
  return groups
}
