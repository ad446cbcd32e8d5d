import { Crumbs } from '../../app/crumbs.tsx'
import { frame } from '../../ui/frame.tsx'

export function Repositories() {
  return (
    <div className={frame.page}>
      <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: 'Repositories' }]} />
      <h1 className={frame.title}>Repositories</h1>
    </div>
  )
}
