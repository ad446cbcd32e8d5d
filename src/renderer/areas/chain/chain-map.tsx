import { frame } from '../../ui/frame.tsx'
import { useCluster } from '../cluster/use-cluster.ts'

export function ChainMap() {
  const cluster = useCluster()
  return <div className={frame.page}>{cluster.name}: Chain map</div>
}
