import { Link } from '@tanstack/react-router'
import { Empty } from '../ui/empty.tsx'
import { frame } from '../ui/frame.tsx'
import { Button } from '../ui/kit.ts'
import { Crumbs } from './crumbs.tsx'

export function NotFound() {
  return (
    <div className={frame.page}>
      <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: 'No such page' }]} />
      <h1 className="vh">No such page</h1>
      <Empty
        reason="wrongPlace"
        title="There is no such page."
        facts={[['Looked for', <code key="path">{window.location.hash.slice(1)}</code>]]}
        action={
          <Button component={Link} to="/">
            To the fleet
          </Button>
        }
      />
    </div>
  )
}
