import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Found } from '../../../shared/contract/backups.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { useDesk } from '../../lib/client.tsx'
import { useFleet } from '../../lib/use-fleet.ts'
import * as Icon from '../../ui/icons.tsx'
import { hashGroups } from '../../ui/hash.tsx'
import { backupItemId, objectItemId, type PaletteItem } from './items.ts'

/** Fewer letters are in too many names. */
const leastLetters = 4

/** Backups and objects of all clusters that have in their name, or begin their hash with, what is typed. */
export function useFound(query: string): {
  readonly items: readonly PaletteItem[]
  /** So many clusters were not looked at yet: what they hold is not found. */
  readonly unseen: number
} {
  const desk = useDesk()
  const navigate = useNavigate()
  const clusters = new Map((useFleet() ?? []).map(({ cluster }) => [cluster.id, cluster.name]))
  const wanted = query.trim()
  const isEnough = wanted.length >= leastLetters
  const { data } = useQuery({
    ...desk.backups.find.queryOptions({ input: { wanted } }),
    enabled: isEnough,
    staleTime: 0,
  })
  if (!isEnough || data === undefined) return { items: [], unseen: 0 }
  const itemOf = (hit: Found['hits'][number]): PaletteItem => {
    const name = clusters.get(hit.clusterId) ?? hit.clusterId
    const params = { id: hit.clusterId }
    switch (hit.kind) {
      case 'backup':
        return {
          id: backupItemId(hit.clusterId, hit.backupId),
          icon: <Icon.Doc />,
          name: printable(hit.backupId),
          note: name,
          also: wanted,
          run: () => void navigate({ to: '/clusters/$id/backups', params, search: { backup: hit.backupId } }),
        }
      case 'object':
        return {
          id: objectItemId(hit.clusterId, hit.key),
          icon: <Icon.Chain />,
          name: printable(hit.key),
          note: [
            name,
            ...(hit.hash === null ? [] : [hashGroups(hit.hash.slice(0, 8))]),
            `in ${countOf(hit.users, 'backup')}`,
          ].join(', '),
          also: wanted,
          run: () => void navigate({ to: '/clusters/$id/chain', params, search: { object: hit.key } }),
        }
    }
  }
  return { items: data.hits.map(itemOf), unseen: data.clusters - data.lookedAt }
}
