import { frame } from '../../ui/frame.tsx'
import { useCluster } from '../cluster/use-cluster.ts'

export function Overview() {
  const cluster = useCluster()
  return <div className={frame.page}>{cluster.name}: Overview</div>
}
