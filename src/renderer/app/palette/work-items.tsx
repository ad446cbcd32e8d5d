import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { useFleet } from '../../lib/use-fleet.ts'
import * as Icon from '../../ui/icons.tsx'
import { askWork, verifyBackup } from '../work-request.ts'
import type { PaletteItem } from './items.ts'

type Navigate = ReturnType<typeof useNavigate>

/** What reads the backups of a cluster: of the shown one first, with the backup that is chosen there; each opens its dialog. */
export function useWorkItems(current: string | undefined, isTyped: boolean): readonly PaletteItem[] {
  const chosen = useSearch({ strict: false, select: (search) => search.backup })
  const navigate = useNavigate()
  const clusters = (useFleet() ?? []).map(({ cluster }) => cluster)
  const shown = clusters.find(({ id }) => id === current)
  return [
    ...(shown === undefined ? [] : [...ofCluster(shown, 'V'), ...ofBackup(shown, chosen, navigate)]),
    ...(isTyped ? clusters : [])
      .filter((cluster) => cluster !== shown)
      .flatMap((cluster) => ofCluster(cluster)),
  ]
}

function ofCluster(cluster: Cluster, keys?: string): readonly PaletteItem[] {
  const { id: clusterId, look, masterKeyHints } = cluster
  const name = printable(cluster.name)
  if (look === null || look.backups === 0) return []
  return [
    {
      id: `verify ${clusterId}`,
      icon: <Icon.ShieldCheck />,
      name: `Verify ${name}…`,
      run: () => askWork({ kind: 'verify', clusterId }),
      ...(keys !== undefined && { keys }),
    },
    ...(masterKeyHints.length === 0
      ? []
      : [
          {
            id: `keys ${clusterId}`,
            icon: <Icon.Key />,
            name: `Check the keys of ${name}…`,
            run: () => askWork({ kind: 'keyCheck', clusterId }),
          },
        ]),
  ]
}

/** Of the backup that is chosen, or of the newest one that can be restored. */
function ofBackup(
  { id: clusterId, look }: Cluster,
  chosen: string | undefined,
  navigate: Navigate,
): readonly PaletteItem[] {
  const backupId = chosen ?? look?.newestRestorable?.backupId
  if (backupId === undefined) return []
  const note = `${printable(backupId)}, ${chosen === undefined ? 'newest restorable' : 'chosen'}`
  return [
    {
      id: `verify ${clusterId} ${backupId}`,
      icon: <Icon.ShieldCheck />,
      name: 'Verify this backup…',
      note,
      run: () => askWork(verifyBackup(clusterId, backupId)),
    },
    {
      id: `restore ${clusterId} ${backupId}`,
      icon: <Icon.Undo />,
      name: 'Restore this backup…',
      note,
      run: () =>
        void navigate({ to: '/clusters/$id/restore/$backupId', params: { id: clusterId, backupId } }),
    },
    {
      id: `copy ${clusterId} ${backupId}`,
      icon: <Icon.Copy />,
      name: 'Copy this backup…',
      note,
      run: () => askWork({ kind: 'copy', clusterId, backupId }),
    },
  ]
}
