import { Link } from '@tanstack/react-router'
import { useMutation } from '@tanstack/react-query'
import { fleetSentence } from '../../../shared/domain/fleet-sentence.ts'
import { Crumbs } from '../../app/crumbs.tsx'
import { useDesk } from '../../lib/client.tsx'
import { useFleet } from '../../lib/use-fleet.ts'
import * as Icon from '../../ui/icons.tsx'
import { Button } from '../../ui/kit.ts'
import { CopyTable } from '../../ui/copy-table.tsx'
import { FleetFacts } from './fleet-facts.tsx'
import { FleetTable } from './fleet-table.tsx'
import { fleetText } from './fleet-text.ts'
import { NoCluster } from './no-cluster.tsx'
import s from './fleet.module.css'

/** Home: one sentence, then a row for each cluster, worst first. It needs no master that answers. */
export function Fleet() {
  const desk = useDesk()
  const fleet = useFleet()
  const refresh = useMutation(desk.clusters.refresh.mutationOptions())
  if (fleet === undefined) return <Crumbs of={[{ name: 'Fleet' }]} />
  if (fleet.length === 0) return <NoCluster />
  const { title, lead } = fleetSentence(fleet)
  const isLooking = fleet.some(({ cluster }) => cluster.looking)
  return (
    <>
      <Crumbs of={[{ name: 'Fleet' }]} />
      <FleetTable
        fleet={fleet}
        head={
          <>
            <header className={s['top']}>
              <div>
                <h1>{title}</h1>
                {lead !== null && <p>{lead}</p>}
              </div>
              <div className={s['acts']}>
                <CopyTable name="fleet" columns={fleetText} rows={fleet} />
                <Button
                  renderRoot={(props) => <Link to="/add" {...props} />}
                  leftSection={<Icon.Plus size={14} />}
                >
                  Add cluster
                </Button>
                <Button disabled={isLooking} onClick={() => refresh.mutate({})}>
                  {isLooking ? 'Looking…' : 'Look again'}
                </Button>
              </div>
            </header>
            <FleetFacts fleet={fleet} />
          </>
        }
      />
    </>
  )
}
