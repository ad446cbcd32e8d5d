import { Crumbs } from '../../app/crumbs.tsx'
import { frame } from '../../ui/frame.tsx'

export function Jobs() {
  return (
    <div className={frame.page}>
      <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: 'Jobs' }]} />
      <h1 className={frame.title}>Jobs</h1>
    </div>
  )
}
