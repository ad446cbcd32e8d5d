import { Crumbs } from '../../app/crumbs.tsx'
import { frame } from '../../ui/frame.tsx'

export function Fleet() {
  return (
    <div className={frame.page}>
      <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: 'Fleet' }]} />
      <h1 className={frame.title}>Fleet</h1>
    </div>
  )
}
