import { Crumbs } from '../../app/crumbs.tsx'
import { frame } from '../../ui/frame.tsx'

export function JobPage() {
  return (
    <div className={frame.page}>
      <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: 'Job' }]} />
      <h1 className={frame.title}>Job</h1>
    </div>
  )
}
