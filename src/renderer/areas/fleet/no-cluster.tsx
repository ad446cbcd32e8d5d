import { Link } from '@tanstack/react-router'
import { Crumbs } from '../../app/crumbs.tsx'
import { Button } from '../../ui/kit.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import s from './no-cluster.module.css'

/** The first page of all. */
export function NoCluster() {
  return (
    <div className={s['first']}>
      <Crumbs of={[{ name: 'Fleet' }]} />
      <h1>Holdfast knows no cluster yet.</h1>
      <p>
        Give it the place where backups lie. It reads, never writes, until you ask for more; a dead cluster is
        as good a start as a living one.
      </p>
      <ol>
        <li>
          <div>
            <b>Add a cluster</b>
            <span>
              Address of the repository, a credential that may read, and the master key if there is one. About
              a minute.
            </span>
          </div>
          <Button variant="filled" renderRoot={(props) => <Link to="/add" {...props} />}>
            Add cluster
          </Button>
        </li>
        <li>
          <div>
            <b>Look around in the demonstration</b>
            <span>Seven made-up clusters on this computer, some of them broken on purpose.</span>
            <CommandLine command="npm run demo" label="Started from a terminal" />
          </div>
        </li>
      </ol>
      <p className={s['small']}>
        Nothing leaves this computer but to the targets you configure. No account, no telemetry.
      </p>
    </div>
  )
}
