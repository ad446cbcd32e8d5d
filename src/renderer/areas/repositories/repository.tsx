import { Crumbs } from '../../app/crumbs.tsx'
import { frame } from '../../ui/frame.tsx'

export function Repository() {
  return (
    <div className={frame.page}>
      <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: 'Repository' }]} />
      <h1 className={frame.title}>Repository</h1>
    </div>
  )
}
