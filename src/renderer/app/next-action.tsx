import { Link } from '@tanstack/react-router'
import type { Cluster } from '../../shared/contract/clusters.ts'
import type { NextAction } from '../../shared/domain/cluster-health.ts'
import { VerifyButton } from '../areas/verify/verify-button.tsx'
import { Button } from '../ui/kit.ts'
import { askObject } from './object-request.ts'
import { askSnapshot } from './snapshot-request.ts'
import { askUnlock } from './unlock-request.ts'

const labels: Readonly<Record<Exclude<NextAction, 'verify'>, string>> = {
  chain: 'Show what hangs on it',
  connection: 'Look at the connection',
  unlock: 'Unlock…',
  keys: 'Give a key…',
  backups: 'Show the backups',
  snapshot: 'Take a snapshot…',
  drills: 'Open the drills',
  posture: 'Show the posture',
}

interface Props {
  readonly cluster: Cluster
  readonly next: NextAction
  readonly filled?: boolean
  readonly size?: 'xs' | 'sm'
}

/** The one next action of a cluster's state. */
export function NextActionButton({ cluster, next, filled = false, size = 'xs' }: Props) {
  const looks = { size, variant: filled ? 'filled' : 'default' } as const
  const params = { id: cluster.id }
  switch (next) {
    case 'unlock':
      return (
        <Button {...looks} onClick={() => askUnlock()}>
          {labels.unlock}
        </Button>
      )
    case 'chain':
      return (
        <Button
          {...looks}
          renderRoot={(props) => (
            <Link
              to="/clusters/$id/chain"
              params={params}
              search={{ object: cluster.look?.worst?.key ?? undefined }}
              onClick={() => askObject(true)}
              {...props}
            />
          )}
        >
          {labels.chain}
        </Button>
      )
    case 'connection':
    case 'keys':
      return (
        <Button
          {...looks}
          renderRoot={(props) => <Link to="/clusters/$id/connection" params={params} {...props} />}
        >
          {labels[next]}
        </Button>
      )
    case 'verify':
      return <VerifyButton cluster={cluster} {...looks} />
    case 'snapshot':
      return (
        <Button {...looks} onClick={() => askSnapshot(cluster.id)}>
          {labels.snapshot}
        </Button>
      )
    case 'drills':
      return (
        <Button {...looks} renderRoot={(props) => <Link to="/drills/$id" params={params} {...props} />}>
          {labels.drills}
        </Button>
      )
    case 'posture':
      return (
        <Button
          {...looks}
          renderRoot={(props) => (
            <Link to="/repositories/$id" params={{ id: cluster.repositoryId }} {...props} />
          )}
        >
          {labels.posture}
        </Button>
      )
    case 'backups':
      return (
        <Button
          {...looks}
          renderRoot={(props) => <Link to="/clusters/$id/backups" params={params} {...props} />}
        >
          {labels[next]}
        </Button>
      )
  }
}
