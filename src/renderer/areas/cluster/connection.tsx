import { frame } from '../../ui/frame.tsx'
import { useCluster } from '../cluster/use-cluster.ts'

export function Connection() {
  const cluster = useCluster()
  return <div className={frame.page}>{cluster.name}: Connection</div>
}
