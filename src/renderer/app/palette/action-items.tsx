import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useDesk } from '../../lib/client.tsx'
import * as Icon from '../../ui/icons.tsx'
import { openHelp } from '../help-request.ts'
import { useBeginAt } from '../page-act.ts'
import { askUnlock } from '../unlock-request.ts'
import type { PaletteItem } from './items.ts'

/** What can be done from anywhere, whatever cluster is meant. */
export function useActionItems(): readonly PaletteItem[] {
  const desk = useDesk()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const beginAt = useBeginAt()
  const { data: vault } = useQuery(desk.vault.status.queryOptions())
  const refresh = useMutation(desk.clusters.refresh.mutationOptions())
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
  const settings = { to: '/settings' } as const
  const audit = { to: '/activity/audit' } as const
  return [
    item('fleet', <Icon.Grid />, 'Fleet', () => navigate({ to: '/' }), { keys: 'G F' }),
    item('add', <Icon.Plus />, 'Add a cluster', () => navigate({ to: '/add' }), { also: 'connect new' }),
    item('add repository', <Icon.Plus />, 'Add a repository', () => navigate({ to: '/add/repository' })),
    item('refresh', <Icon.Undo />, 'Look again at every repository', () => refresh.mutate({})),
    item('repositories', <Icon.Bucket />, 'Repositories', () => navigate({ to: '/repositories' }), {
      keys: 'G P',
    }),
    item('runbooks', <Icon.Book />, 'Runbooks', () => navigate({ to: '/runbooks' }), { keys: 'G R' }),
    item('drills', <Icon.Clock />, 'Drills', () => navigate({ to: '/drills' }), { keys: 'G D' }),
    item('jobs', <Icon.Pulse />, 'Jobs', () => navigate({ to: '/activity/jobs' }), { keys: 'G A' }),
    item('audit', <Icon.ShieldCheck />, 'Audit chain', () => navigate(audit)),
    item('settings', <Icon.Gear />, 'Settings', () => navigate(settings), { keys: 'G S' }),
    ...(vault?.state === 'none'
      ? [
          item('choose', <Icon.Lock />, 'Choose where secrets are kept…', () =>
            beginAt('vault.choose', '', settings),
          ),
        ]
      : []),
    ...(vault?.state === 'locked'
      ? [item('unlock', <Icon.Key />, 'Unlock the vault…', () => askUnlock())]
      : []),
    ...(vault?.state === 'open' && vault.backend === 'sealedFile'
      ? [item('lock', <Icon.Lock />, 'Lock the vault', () => lock.mutate({}))]
      : []),
    item('s3', <Icon.Key />, 'Add an S3 credential…', () => beginAt('vault.add', 's3', settings), {
      also: 'secret vault',
    }),
    item('key', <Icon.Key />, 'Add a master key…', () => beginAt('vault.add', 'masterKey', settings), {
      also: 'secret vault credential',
    }),
    item(
      'walk',
      <Icon.ShieldCheck />,
      'Walk the audit chain again',
      () => beginAt('audit.verify', '', audit),
      {
        also: 'verify',
      },
    ),
    item('export audit', <Icon.Download />, 'Export the audit chain', () =>
      beginAt('audit.export', '', audit),
    ),
    item(
      'anchor',
      <Icon.ShieldCheck />,
      'Keep anchors of the audit chain…',
      () => beginAt('settings.set', 'auditAnchor', settings),
      { also: 'change bucket object lock' },
    ),
    item('export', <Icon.Download />, 'Export the setup', () => beginAt('setup.export', '', settings), {
      also: 'settings take along',
    }),
    item('import', <Icon.Doc />, 'Import a setup…', () => beginAt('setup.importApply', '', settings), {
      also: 'settings',
    }),
    item('light', <Icon.Sun />, 'Theme: light', () => set.mutate({ theme: 'light' })),
    item('dark', <Icon.Moon />, 'Theme: dark', () => set.mutate({ theme: 'dark' })),
    item('system', <Icon.Sun />, 'Theme: as the system', () => set.mutate({ theme: 'system' })),
    item('contrast', <Icon.Eye />, 'Contrast: more', () => set.mutate({ contrast: 'more' })),
    item('contrast-normal', <Icon.Eye />, 'Contrast: normal', () => set.mutate({ contrast: 'normal' })),
    item('contrast-system', <Icon.Eye />, 'Contrast: as the system', () =>
      set.mutate({ contrast: 'system' }),
    ),
    item('keys', <Icon.Question />, 'Keys', () => openHelp(), { keys: '?' }),
  ]
}

function item(
  id: string,
  icon: PaletteItem['icon'],
  name: string,
  run: () => unknown,
  more: Pick<PaletteItem, 'keys' | 'also'> = {},
): PaletteItem {
  return { id: `action ${id}`, icon, name, run: () => void run(), ...more }
}
