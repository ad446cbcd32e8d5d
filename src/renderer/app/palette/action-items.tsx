import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { canSnapshot } from '../../../shared/domain/cluster-health.ts'
import { useClient, useDesk } from '../../lib/client.tsx'
import { drain } from '../../lib/live.ts'
import { useFleet } from '../../lib/use-fleet.ts'
import * as Icon from '../../ui/icons.tsx'
import { openHelp } from '../help-request.ts'
import { askSnapshot } from '../snapshot-request.ts'
import { askUnlock } from '../unlock-request.ts'
import type { PaletteItem } from './items.ts'
import { useRecoverItem } from './run-items.tsx'

/** What can be done from anywhere, and with the cluster that is shown. */
export function useActionItems(current: string | undefined): readonly PaletteItem[] {
  const client = useClient()
  const desk = useDesk()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const fleet = useFleet()
  const { data: vault } = useQuery(desk.vault.status.queryOptions())
  const refresh = useMutation(desk.clusters.refresh.mutationOptions())
  const ask = useMutation({
    mutationFn: async (id: string) => drain(await client.masters.probe({ id })),
  })
  const lock = useMutation(
    desk.vault.lock.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: desk.vault.key() }),
    }),
  )
  const set = useMutation(
    desk.settings.set.mutationOptions({
      onSuccess: (settings) => queries.setQueryData(desk.settings.get.queryKey(), settings),
    }),
  )
  const recoverItem = useRecoverItem()
  const cluster = fleet?.find(({ cluster: { id } }) => id === current)?.cluster
  const params = { id: cluster?.id ?? '' }
  const newest = cluster?.look?.newestRestorable?.backupId
  const ofCluster: readonly PaletteItem[] =
    cluster === undefined
      ? []
      : [
          item('overview', <Icon.Grid />, `Overview of ${cluster.name}`, () =>
            navigate({ to: '/clusters/$id/overview', params }),
          ),
          item('backups', <Icon.Doc />, `Backups of ${cluster.name}`, () =>
            navigate({ to: '/clusters/$id/backups', params }),
          ),
          ...(newest === undefined
            ? []
            : [
                item(
                  'restore',
                  <Icon.Undo />,
                  `Restore ${cluster.name}…`,
                  () =>
                    navigate({
                      to: '/clusters/$id/restore/$backupId',
                      params: { ...params, backupId: newest },
                    }),
                  'R',
                ),
              ]),
          recoverItem(cluster),
          item('chain', <Icon.Chain />, `Chain map of ${cluster.name}`, () =>
            navigate({ to: '/clusters/$id/chain', params }),
          ),
          ...(canSnapshot(cluster)
            ? [
                item(
                  'snapshot',
                  <Icon.Download />,
                  `Take a snapshot of ${cluster.name}…`,
                  () => askSnapshot(cluster.id),
                  'B',
                ),
              ]
            : []),
          ...(cluster.masters.state === 'none'
            ? []
            : [
                item('ask', <Icon.Pulse />, `Ask the masters of ${cluster.name} how they are`, () => {
                  ask.mutate(cluster.id)
                  return navigate({ to: '/clusters/$id/overview', params })
                }),
              ]),
          item('drill', <Icon.Clock />, `Drills of ${cluster.name}: restore for trial`, () =>
            navigate({ to: '/drills/$id', params }),
          ),
          item('schedule', <Icon.Clock />, `Schedule and retention of ${cluster.name}`, () =>
            navigate({ to: '/clusters/$id/schedule', params }),
          ),
          item('look', <Icon.Undo />, `Look again at ${cluster.name}`, () =>
            refresh.mutate({ id: cluster.id }),
          ),
          item('activity of', <Icon.Pulse />, `Activity of ${cluster.name}`, () =>
            navigate({ to: '/clusters/$id/activity', params }),
          ),
          item('connection', <Icon.Plug />, `Connection of ${cluster.name}`, () =>
            navigate({ to: '/clusters/$id/connection', params }),
          ),
        ]
  return [
    ...ofCluster,
    item('fleet', <Icon.Grid />, 'Fleet', () => navigate({ to: '/' }), 'G F'),
    item('add', <Icon.Plus />, 'Add a cluster', () => navigate({ to: '/add' })),
    item('add repository', <Icon.Plus />, 'Add a repository', () => navigate({ to: '/add/repository' })),
    item('refresh', <Icon.Undo />, 'Look again at every repository', () => refresh.mutate({})),
    item('repositories', <Icon.Bucket />, 'Repositories', () => navigate({ to: '/repositories' }), 'G P'),
    item('runbooks', <Icon.Book />, 'Runbooks', () => navigate({ to: '/runbooks' }), 'G R'),
    item('drills', <Icon.Clock />, 'Drills', () => navigate({ to: '/drills' }), 'G D'),
    item('jobs', <Icon.Pulse />, 'Jobs', () => navigate({ to: '/activity/jobs' }), 'G A'),
    item('audit', <Icon.ShieldCheck />, 'Audit chain', () => navigate({ to: '/activity/audit' })),
    item('settings', <Icon.Gear />, 'Settings', () => navigate({ to: '/settings' }), 'G S'),
    ...(vault?.state === 'locked'
      ? [item('unlock', <Icon.Key />, 'Unlock the vault…', () => askUnlock())]
      : []),
    ...(vault?.state === 'open' && vault.backend === 'sealedFile'
      ? [item('lock', <Icon.Lock />, 'Lock the vault', () => lock.mutate({}))]
      : []),
    item('light', <Icon.Sun />, 'Theme: light', () => set.mutate({ theme: 'light' })),
    item('dark', <Icon.Moon />, 'Theme: dark', () => set.mutate({ theme: 'dark' })),
    item('system', <Icon.Sun />, 'Theme: as the system', () => set.mutate({ theme: 'system' })),
    item('contrast', <Icon.Eye />, 'Contrast: more', () => set.mutate({ contrast: 'more' })),
    item('contrast-normal', <Icon.Eye />, 'Contrast: normal', () => set.mutate({ contrast: 'normal' })),
    item('contrast-system', <Icon.Eye />, 'Contrast: as the system', () =>
      set.mutate({ contrast: 'system' }),
    ),
    item('keys', <Icon.Question />, 'Keys', () => openHelp(), '?'),
  ]
}

function item(
  id: string,
  icon: PaletteItem['icon'],
  name: string,
  run: () => unknown,
  keys?: string,
): PaletteItem {
  return { id: `action ${id}`, icon, name, run: () => void run(), ...(keys !== undefined && { keys }) }
}
