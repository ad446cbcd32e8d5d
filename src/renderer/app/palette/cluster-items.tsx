import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMutation } from '@tanstack/react-query'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { canSnapshot } from '../../../shared/domain/cluster-health.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { useClient, useDesk } from '../../lib/client.tsx'
import { drain } from '../../lib/live.ts'
import { useFleet } from '../../lib/use-fleet.ts'
import * as Icon from '../../ui/icons.tsx'
import { useBeginAt } from '../page-act.ts'
import { askSnapshot } from '../snapshot-request.ts'
import { askWork, verifyBackup } from '../work-request.ts'
import { meantClusters, type PaletteItem } from './items.ts'

type Item = (
  words: Omit<PaletteItem, 'id' | 'run'> & { readonly id?: string },
  run: () => unknown,
) => PaletteItem

/** Every page and every action of the clusters: of the shown one first, with the backup that is chosen there; of the others once something is typed, those that it names first. */
export function useClusterItems(current: string | undefined, typed: string): readonly PaletteItem[] {
  const chosen = useSearch({ strict: false, select: (search) => search.backup })
  const clusters = (useFleet() ?? []).map(({ cluster }) => cluster)
  const shown = clusters.find(({ id }) => id === current)
  const pages = usePages()
  const acts = useActs()
  const changes = useChanges()
  const ofBackup = useBackupActs()
  const all = (cluster: Cluster): readonly PaletteItem[] => [
    ...acts(cluster, cluster === shown),
    ...pages(cluster),
    ...changes(cluster),
  ]
  return [
    ...(shown === undefined ? [] : [...ofBackup(shown, chosen), ...all(shown)]),
    ...(typed === ''
      ? []
      : meantClusters(
          clusters.filter((cluster) => cluster !== shown),
          typed,
        ).flatMap(all)),
  ]
}

/** An id is made of what it does and to whom. */
function itemsOf({ id }: Cluster): Item {
  return (words, run) => ({ ...words, id: `${words.id ?? words.name} ${id}`, run: () => void run() })
}

function usePages(): (cluster: Cluster) => readonly PaletteItem[] {
  const navigate = useNavigate()
  return (cluster) => {
    const item = itemsOf(cluster)
    const name = printable(cluster.name)
    const params = { id: cluster.id }
    return [
      item({ icon: <Icon.Grid />, name: `Overview of ${name}` }, () =>
        navigate({ to: '/clusters/$id/overview', params }),
      ),
      item({ icon: <Icon.Doc />, name: `Backups of ${name}` }, () =>
        navigate({ to: '/clusters/$id/backups', params }),
      ),
      item({ icon: <Icon.Chain />, name: `Chain map of ${name}` }, () =>
        navigate({ to: '/clusters/$id/chain', params }),
      ),
      item({ icon: <Icon.Clock />, name: `Drills of ${name}: restore for trial` }, () =>
        navigate({ to: '/drills/$id', params }),
      ),
      item({ icon: <Icon.Clock />, name: `Schedule and retention of ${name}` }, () =>
        navigate({ to: '/clusters/$id/schedule', params }),
      ),
      item({ icon: <Icon.Pulse />, name: `Activity of ${name}` }, () =>
        navigate({ to: '/clusters/$id/activity', params }),
      ),
      item({ icon: <Icon.Plug />, name: `Connection of ${name}` }, () =>
        navigate({ to: '/clusters/$id/connection', params }),
      ),
    ]
  }
}

/** What reads its backups or asks its masters; `isShown`: its keys work on this page. */
function useActs(): (cluster: Cluster, isShown: boolean) => readonly PaletteItem[] {
  const client = useClient()
  const desk = useDesk()
  const navigate = useNavigate()
  const beginAt = useBeginAt()
  const refresh = useMutation(desk.clusters.refresh.mutationOptions())
  const ask = useMutation({
    mutationFn: async (id: string) => drain(await client.masters.probe({ id })),
  })
  return (cluster, isShown) => {
    const { id: clusterId, look, masters, masterKeyHints } = cluster
    const item = itemsOf(cluster)
    const name = printable(cluster.name)
    const params = { id: clusterId }
    const newest = look?.newestRestorable?.backupId
    const hasBackups = look !== null && look.backups > 0
    const key = (letter: string) => (isShown ? { keys: letter } : {})
    return [
      ...(hasBackups
        ? [
            item({ icon: <Icon.ShieldCheck />, name: `Verify ${name}…`, ...key('V') }, () =>
              askWork({ kind: 'verify', clusterId }),
            ),
          ]
        : []),
      ...(hasBackups && masterKeyHints.length > 0
        ? [
            item({ icon: <Icon.Key />, name: `Check the keys of ${name}…` }, () =>
              askWork({ kind: 'keyCheck', clusterId }),
            ),
          ]
        : []),
      ...(newest === undefined
        ? []
        : [
            item({ icon: <Icon.Undo />, name: `Restore ${name}…`, ...key('R') }, () =>
              navigate({
                to: '/clusters/$id/restore/$backupId',
                params: { ...params, backupId: newest },
              }),
            ),
          ]),
      item({ id: 'recover', icon: <Icon.Book />, name: `Recover ${name}…`, also: 'runbook disaster' }, () =>
        navigate({ to: '/recover', search: { cluster: clusterId } }),
      ),
      ...(canSnapshot(cluster)
        ? [
            item(
              { icon: <Icon.Download />, name: `Take a snapshot of ${name}…`, also: 'back up', ...key('B') },
              () => askSnapshot(clusterId),
            ),
          ]
        : []),
      ...(hasBackups
        ? [
            item({ icon: <Icon.Clock />, name: `Drill ${name}…`, also: 'trial' }, () =>
              beginAt('drills.start', clusterId, { to: '/drills/$id', params }),
            ),
          ]
        : []),
      ...(masters.state === 'none'
        ? []
        : [
            item({ icon: <Icon.Pulse />, name: `Ask the masters of ${name} how they are` }, () => {
              ask.mutate(clusterId)
              return navigate({ to: '/clusters/$id/overview', params })
            }),
          ]),
      item({ icon: <Icon.Undo />, name: `Look again at ${name}` }, () => refresh.mutate({ id: clusterId })),
      item({ icon: <Icon.Plug />, name: `Test the repository of ${name}` }, () =>
        beginAt('repositories.test', clusterId, { to: '/clusters/$id/connection', params }),
      ),
    ]
  }
}

/** What changes how it is kept here; each leads to the form that asks for it. */
function useChanges(): (cluster: Cluster) => readonly PaletteItem[] {
  const beginAt = useBeginAt()
  return (cluster) => {
    const { id, mode, masters } = cluster
    const item = itemsOf(cluster)
    const name = printable(cluster.name)
    const connection = { to: '/clusters/$id/connection', params: { id } } as const
    const schedule = { to: '/clusters/$id/schedule', params: { id } } as const
    const isConnected = masters.state !== 'none'
    return [
      item(
        {
          icon: <Icon.Gear />,
          name: `Change ${name}…`,
          also: 'edit rename cluster target rpo rto protected read-only master key',
        },
        () => beginAt('clusters.edit', id, connection),
      ),
      item(
        {
          icon: <Icon.Plug />,
          name: isConnected
            ? `Change how the masters of ${name} are reached…`
            : `Connect the masters of ${name}…`,
          also: 'edit connect address',
        },
        () => beginAt('masters.save', id, connection),
      ),
      ...(isConnected
        ? [
            item({ icon: <Icon.Plug />, name: `Disconnect the masters of ${name}…` }, () =>
              beginAt('masters.disconnect', id, connection),
            ),
          ]
        : []),
      ...(isConnected && mode !== 'readOnly'
        ? [
            item(
              {
                icon: <Icon.Clock />,
                name: `Change the backup settings of ${name} itself…`,
                also: 'edit schedule',
              },
              () => beginAt('masters.changeSettings', id, schedule),
            ),
            item(
              { icon: <Icon.Clock />, name: `Take snapshots of ${name} on time…`, also: 'schedule cron' },
              () => beginAt('masters.setOwnSchedule', id, schedule),
            ),
          ]
        : []),
      item({ icon: <Icon.Clock />, name: `Drill ${name} on time…`, also: 'schedule' }, () =>
        beginAt('drills.setSchedule', id, schedule),
      ),
      item(
        { icon: <Icon.Doc />, name: `Change what is kept of ${name}…`, also: 'edit retention rules' },
        () => beginAt('retention.setRules', id, schedule),
      ),
      item(
        { icon: <Icon.Doc />, name: `Preview what retention deletes of ${name}…`, also: 'prune what goes' },
        () => beginAt('retention.apply', id, schedule),
      ),
      item({ icon: <Icon.Doc />, name: `Pin a backup of ${name}…`, also: 'retention keep' }, () =>
        beginAt('retention.pin', id, schedule),
      ),
      item({ icon: <Icon.Close />, name: `Remove ${name}…`, also: 'forget cluster delete' }, () =>
        beginAt('clusters.remove', id, connection),
      ),
    ]
  }
}

/** Of the backup that is chosen, or of the newest one that can be restored. */
function useBackupActs(): (cluster: Cluster, chosen: string | undefined) => readonly PaletteItem[] {
  const navigate = useNavigate()
  return (cluster, chosen) => {
    const { id: clusterId, look } = cluster
    const backupId = chosen ?? look?.newestRestorable?.backupId
    if (backupId === undefined) return []
    const item = itemsOf(cluster)
    const note = `${printable(backupId)}, ${chosen === undefined ? 'newest restorable' : 'chosen'}`
    return [
      item({ icon: <Icon.ShieldCheck />, name: 'Verify this backup…', note }, () =>
        askWork(verifyBackup(clusterId, backupId)),
      ),
      item({ icon: <Icon.Undo />, name: 'Restore this backup…', note }, () =>
        navigate({ to: '/clusters/$id/restore/$backupId', params: { id: clusterId, backupId } }),
      ),
      item({ icon: <Icon.Copy />, name: 'Copy this backup…', note }, () =>
        askWork({ kind: 'copy', clusterId, backupId }),
      ),
    ]
  }
}
