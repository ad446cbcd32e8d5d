import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { printable } from '../../../shared/domain/printable.ts'
import { useDesk } from '../../lib/client.tsx'
import * as Icon from '../../ui/icons.tsx'
import { useBeginAt } from '../page-act.ts'
import type { PaletteItem } from './items.ts'

/** What is kept here beside the clusters: repositories, secrets, pins of the shown cluster, places of restores; once something is typed. */
export function useKeptItems(current: string | undefined, isTyped: boolean): readonly PaletteItem[] {
  const repositories = useRepositoryItems(isTyped)
  const secrets = useSecretItems(isTyped)
  const pins = usePinItems(current, isTyped)
  const targets = useTargetItems(isTyped)
  const hosts = useHostItems(isTyped)
  return [...repositories, ...targets, ...pins, ...secrets, ...hosts]
}

function useRepositoryItems(isTyped: boolean): readonly PaletteItem[] {
  const navigate = useNavigate()
  const beginAt = useBeginAt()
  const { data = [] } = useQuery({ ...useDesk().repositories.list.queryOptions(), enabled: isTyped })
  return (isTyped ? data : []).flatMap(({ id, name, address, clusters }) => {
    const where = { to: '/repositories/$id', params: { id } } as const
    const of = { note: printable(address), also: 'repository place bucket' }
    return [
      {
        ...of,
        id: `repository ${id}`,
        icon: <Icon.Bucket />,
        name: `Repository ${printable(name)}`,
        run: () => void navigate(where),
      },
      {
        ...of,
        id: `posture ${id}`,
        icon: <Icon.ShieldCheck />,
        name: `Look at the posture of repository ${printable(name)}`,
        run: () => beginAt('repositories.posture', id, where),
      },
      {
        ...of,
        id: `edit repository ${id}`,
        icon: <Icon.Bucket />,
        name: `Change how repository ${printable(name)} is reached…`,
        run: () => beginAt('repositories.edit', id, where),
      },
      // What a cluster uses is not removed.
      ...(clusters.length > 0
        ? []
        : [
            {
              ...of,
              id: `remove repository ${id}`,
              icon: <Icon.Close />,
              name: `Remove repository ${printable(name)}…`,
              run: () => beginAt('repositories.remove', id, where),
            },
          ]),
    ]
  })
}

function useSecretItems(isTyped: boolean): readonly PaletteItem[] {
  const beginAt = useBeginAt()
  const { data = [] } = useQuery({ ...useDesk().vault.credentials.queryOptions(), enabled: isTyped })
  const where = { to: '/settings' } as const
  return (isTyped ? data : []).flatMap(({ id, label, usedBy }) => {
    const of = {
      icon: <Icon.Key />,
      note: usedBy.length === 0 ? 'used by nothing' : `used by ${printable(usedBy.join(', '))}`,
      also: 'secret vault renew',
    }
    return [
      {
        ...of,
        id: `replace ${id}`,
        name: `Replace credential ${printable(label)}…`,
        run: () => beginAt('vault.replace', id, where),
      },
      {
        ...of,
        id: `rename ${id}`,
        name: `Rename credential ${printable(label)}…`,
        run: () => beginAt('vault.rename', id, where),
      },
      // What is used is not removed.
      ...(usedBy.length > 0
        ? []
        : [
            {
              ...of,
              id: `remove ${id}`,
              name: `Remove credential ${printable(label)}…`,
              run: () => beginAt('vault.remove', id, where),
            },
          ]),
    ]
  })
}

function usePinItems(current: string | undefined, isTyped: boolean): readonly PaletteItem[] {
  const desk = useDesk()
  const beginAt = useBeginAt()
  const { data: clusters } = useQuery(desk.clusters.list.queryOptions())
  const shown = clusters?.find(({ id }) => id === current)
  const { data } = useQuery({
    ...desk.retention.get.queryOptions({ input: { clusterId: shown?.id ?? '' } }),
    enabled: isTyped && shown !== undefined,
  })
  if (!isTyped || shown === undefined) return []
  return (data?.pins ?? []).map(({ backupId, reason }) => ({
    id: `unpin ${shown.id} ${backupId}`,
    icon: <Icon.Doc />,
    name: `Unpin ${printable(backupId)}`,
    note: `${printable(shown.name)}: ${printable(reason)}`,
    also: 'retention',
    run: () =>
      beginAt('retention.unpin', backupId, { to: '/clusters/$id/schedule', params: { id: shown.id } }),
  }))
}

function useHostItems(isTyped: boolean): readonly PaletteItem[] {
  const beginAt = useBeginAt()
  const { data = [] } = useQuery({ ...useDesk().clusters.trustedHosts.queryOptions(), enabled: isTyped })
  return (isTyped ? data : [])
    .filter(({ of }) => of === 'cluster')
    .map(({ host, fingerprint, id, name }) => ({
      id: `host ${id} ${host} ${fingerprint}`,
      icon: <Icon.Key />,
      name: `Forget the key of host ${printable(host)}…`,
      note: `${printable(name)}, ${fingerprint}`,
      also: 'trusted ssh fingerprint',
      run: () => beginAt('clusters.forgetHost', `${id} ${host}`, { to: '/settings' }),
    }))
}

function useTargetItems(isTyped: boolean): readonly PaletteItem[] {
  const beginAt = useBeginAt()
  const { data = [] } = useQuery({ ...useDesk().restore.targets.queryOptions(), enabled: isTyped })
  return (isTyped ? data : [])
    .filter(({ canRollBack }) => canRollBack)
    .map(({ dir, backupId }) => ({
      id: `rollback ${dir}`,
      icon: <Icon.Undo />,
      name: `Roll back the restore in ${printable(dir)}…`,
      ...(backupId !== null && { note: printable(backupId) }),
      also: 'take back undo',
      run: () => beginAt('restore.startRollback', dir, { to: '/settings' }),
    }))
}
