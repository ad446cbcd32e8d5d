import { Crumbs } from '../../app/crumbs.tsx'
import { frame } from '../../ui/frame.tsx'

export function AddCluster() {
  return (
    <div className={frame.page}>
      <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: 'Add cluster' }]} />
      <h1 className={frame.title}>Add cluster</h1>
    </div>
  )
}
