import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Chain } from '../../../shared/contract/backups.ts'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { countOf, shortAgeWords } from '../../../shared/domain/size-words.ts'
import { useDesk } from '../../lib/client.tsx'
import { cancelAsks, kindWords, toneOf } from '../../areas/activity/model.ts'
import { useFleet } from '../../lib/use-fleet.ts'
import * as Icon from '../../ui/icons.tsx'
import { Glyph, type Tone } from '../../ui/status.tsx'
import { askObject } from '../object-request.ts'
import { useBeginAt } from '../page-act.ts'
import { askSnapshot } from '../snapshot-request.ts'
import { askUnlock } from '../unlock-request.ts'
import { askWork } from '../work-request.ts'
import { backupItemId, objectItemId, type PaletteGroup, type PaletteItem } from './items.ts'

/** The one next action of the worst cluster stands first: it is what one most likely came for. */
export function useWorstItems(): PaletteGroup {
  const navigate = useNavigate()
  const worst = useFleet()?.[0]
  if (worst === undefined || worst.health.next === null || worst.health.group === 'good')
    return { name: 'Next', items: [] }
  const { cluster, health } = worst
  const params = { id: cluster.id }
  const places = {
    verify: ['Verify its backups…', () => askWork({ kind: 'verify', clusterId: cluster.id })],
    backups: ['Show its backups', () => navigate({ to: '/clusters/$id/backups', params })],
    chain: [
      'Show what hangs on the object',
      () => {
        askObject(true)
        return navigate({
          to: '/clusters/$id/chain',
          params,
          search: { object: cluster.look?.worst?.key ?? undefined },
        })
      },
    ],
    connection: ['Look at its connection', () => navigate({ to: '/clusters/$id/connection', params })],
    keys: ['Give it a key…', () => navigate({ to: '/clusters/$id/connection', params })],
    unlock: ['Unlock the vault…', () => askUnlock()],
    snapshot: ['Take a snapshot…', () => askSnapshot(cluster.id)],
    drills: ['Open its drills', () => navigate({ to: '/drills/$id', params })],
    posture: [
      'Show the posture of its repository',
      () => navigate({ to: '/repositories/$id', params: { id: cluster.repositoryId } }),
    ],
  } as const
  const [name, run] = places[health.next ?? 'backups']
  return {
    name: `${cluster.name}, the worst cluster`,
    items: [
      {
        // The same as the action of this name: it stands once.
        id: health.next === 'unlock' ? 'action unlock' : 'worst',
        icon: <Glyph tone={health.tone} decorative />,
        name,
        note: health.reason === null ? health.word : printable(health.reason.lead),
        also: cluster.name,
        run: () => void run(),
      },
    ],
  }
}

export function useClusterNames(): readonly PaletteItem[] {
  const navigate = useNavigate()
  return (useFleet() ?? []).map(({ cluster, health }) => ({
    id: `cluster ${cluster.id}`,
    icon: <Glyph tone={health.tone} decorative />,
    name: printable(cluster.name),
    note: `${cluster.system}, ${health.word.toLowerCase()}${health.newestAgeMs === null ? '' : `, ${shortAgeWords(health.newestAgeMs)}`}`,
    run: () => void navigate({ to: '/clusters/$id/overview', params: { id: cluster.id } }),
  }))
}

const restorabilityTones: Readonly<Record<Chain['backups'][number]['restorability'], Tone>> = {
  restorable: 'good',
  notRestorable: 'bad',
  notProved: 'unknown',
}

const objectTones: Readonly<Record<Chain['objects'][number]['state'], Tone>> = {
  intact: 'good',
  neverRead: 'unknown',
  damaged: 'bad',
  missing: 'bad',
  warning: 'warn',
  notOpened: 'warn',
}

/** Of the shown cluster all backups and what is wrong among its objects, of the others the newest ones. */
export function useBackupItems(current: string | undefined): readonly PaletteItem[] {
  const desk = useDesk()
  const navigate = useNavigate()
  const fleet = (useFleet() ?? []).map(({ cluster }) => cluster)
  const shown = fleet.find(({ id }) => id === current)
  const { data: chain } = useQuery({
    ...desk.backups.chain.queryOptions({ input: { clusterId: shown?.id ?? '' } }),
    enabled: shown !== undefined,
  })
  const open = (cluster: Cluster, backup: string): void =>
    void navigate({ to: '/clusters/$id/backups', params: { id: cluster.id }, search: { backup } })
  return fleet.flatMap((cluster) => {
    if (cluster !== shown || chain === undefined) return newestItems(cluster, open)
    return [
      ...chain.backups.map(({ backupId, restorability }) => ({
        id: backupItemId(cluster.id, backupId),
        icon: <Glyph tone={restorabilityTones[restorability]} decorative />,
        name: printable(backupId),
        note: cluster.name,
        run: () => open(cluster, backupId),
      })),
      ...chain.objects
        .filter(({ state }) => state === 'damaged' || state === 'missing')
        .map(({ key, state, users }) => ({
          id: objectItemId(cluster.id, key),
          icon: <Glyph tone={objectTones[state]} decorative />,
          name: printable(key),
          note: `${cluster.name}, ${state}, ${countOf(users, 'backup')} ${users === 1 ? 'hangs' : 'hang'} on it`,
          run: () =>
            void navigate({
              to: '/clusters/$id/chain',
              params: { id: cluster.id },
              search: { object: key },
            }),
        })),
    ]
  })
}

function newestItems(
  cluster: Cluster,
  open: (cluster: Cluster, backup: string) => void,
): readonly PaletteItem[] {
  const newest = cluster.look?.newestRestorable
  if (!newest) return []
  return [
    {
      id: backupItemId(cluster.id, newest.backupId),
      icon: <Glyph tone="good" decorative />,
      name: printable(newest.backupId),
      note: `${cluster.name}, newest restorable`,
      run: () => open(cluster, newest.backupId),
    },
  ]
}

/** The jobs; once something is typed, also what can be done about one of them now. */
export function useJobItems(isTyped: boolean): readonly PaletteItem[] {
  const navigate = useNavigate()
  const beginAt = useBeginAt()
  const { data: jobs = [] } = useQuery(useDesk().jobs.list.queryOptions())
  const page = (id: string) => ({ to: '/activity/jobs/$id', params: { id } }) as const
  return jobs.slice(0, 50).flatMap((job) => {
    const name = `${kindWords[job.kind]}: ${printable(job.subject)}`
    const of = {
      icon: <Glyph tone={toneOf(job)} decorative />,
      note: printable(job.outcome ?? `${job.state}, ${job.detail}`),
      also: `${job.id} ${job.result?.kind === 'restore' ? job.result.planHash : ''}`,
    }
    const act = (does: 'jobs.cancel' | 'jobs.resume' | 'jobs.dismiss', verb: string): PaletteItem => ({
      ...of,
      id: `${does} ${job.id}`,
      name: `${verb} job: ${kindWords[job.kind].toLowerCase()} ${printable(job.subject)}${does === 'jobs.cancel' && cancelAsks(job) ? '…' : ''}`,
      run: () => beginAt(does, job.id, page(job.id)),
    })
    const isActive = job.state === 'running' || job.state === 'waiting'
    return [
      { ...of, id: `job ${job.id}`, name, run: () => void navigate(page(job.id)) },
      ...(isTyped && isActive && job.cancel !== null ? [act('jobs.cancel', 'Cancel')] : []),
      ...(isTyped && job.canResume ? [act('jobs.resume', 'Resume')] : []),
      ...(isTyped && job.state === 'interrupted' ? [act('jobs.dismiss', 'Dismiss')] : []),
    ]
  })
}

/** Entries of the audit chain that name what is typed: an id, a hash, an action. */
export function useAuditItems(query: string): readonly PaletteItem[] {
  const desk = useDesk()
  const navigate = useNavigate()
  const find = query.trim()
  const { data } = useQuery({
    ...desk.audit.list.queryOptions({ input: { limit: 5, find } }),
    enabled: find.length >= 4,
  })
  if (find.length < 4) return []
  return (data?.entries ?? []).map(({ seq, action, subject, at, hash }) => ({
    id: `audit ${seq}`,
    icon: <Icon.ShieldCheck />,
    name: `${action} ${printable(subject)}`,
    note: `entry ${seq}, ${at.slice(0, 16).replace('T', ' ')} UTC`,
    also: `${find} ${hash}`,
    run: () => void navigate({ to: '/activity/audit', search: { find } }),
  }))
}
