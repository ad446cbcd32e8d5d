import { Link } from '@tanstack/react-router'
import { Empty } from '../ui/empty.tsx'
import { frame } from '../ui/frame.tsx'
import { Button } from '../ui/kit.ts'
import { Crumbs } from './crumbs.tsx'

/** The whole window of an address that names nothing. */
export function NotFound() {
  return (
    <main id="page" className={frame.page} tabIndex={-1}>
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
    </main>
  )
}
