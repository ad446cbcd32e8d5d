import { Crumbs } from '../../app/crumbs.tsx'
import { frame } from '../../ui/frame.tsx'

export function AuditChain() {
  return (
    <div className={frame.page}>
      <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: 'Audit' }]} />
      <h1 className={frame.title}>Audit</h1>
    </div>
  )
}
