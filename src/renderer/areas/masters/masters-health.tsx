import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { Probe } from '../../../shared/contract/masters.ts'
import type { Failure } from '../../../shared/domain/failure.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { askUnlock } from '../../app/unlock-request.ts'
import { useClient, useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { useStream } from '../../lib/live.ts'
import { CopyTable } from '../../ui/copy-table.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { frame, Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { MastersStatus } from './masters-status.tsx'
import { mergedProbes, probeGroups, probeText } from './model/health-words.ts'
import { ProbeGroupOf } from './probe-group.tsx'
import s from './masters.module.css'

/** How the cluster's masters are: one sentence, and every answer by the master that gave it. */
export function MastersHealth({ cluster }: { readonly cluster: Cluster }) {
  const systems = useQuery(useDesk().masters.systems.queryOptions())
  if (cluster.masters.state !== 'none') return <Health key={cluster.id} cluster={cluster} />
  const system = systems.data?.find((each) => each.system === cluster.system)
  if (system === undefined) return null
  return (
    <>
      <Section note={<MastersStatus masters={cluster.masters} />}>Masters</Section>
      <p className={s['text']}>
        {system.summary}{' '}
        <Link to="/clusters/$id/connection" params={{ id: cluster.id }} className={frame.link}>
          Connect them
        </Link>
      </p>
    </>
  )
}

function Health({ cluster }: { readonly cluster: Cluster }) {
  const client = useClient()
  const desk = useDesk()
  const health = useQuery(desk.masters.health.queryOptions({ input: { id: cluster.id } }))
  const [asked, setAsked] = useState(0)
  const asking = useStream<Probe, readonly Probe[]>({
    key: asked === 0 ? null : `${cluster.id} ${asked}`,
    initial: [],
    start: async (signal) => client.masters.probe({ id: cluster.id }, { signal }),
    reduce: (probes, probe) => [...probes, probe],
  })
  const isAsking = asking.status === 'running'
  const known = health.data?.probes ?? []
  const probes = isAsking ? mergedProbes(known, asking.state) : known
  const groups = probeGroups(probes, cluster.name)
  const failure = asking.status === 'failed' ? asking.failure : (health.data?.failure ?? null)
  return (
    <section aria-label="Masters">
      <Section
        note={<MastersStatus masters={cluster.masters} />}
        end={
          <>
            {probes.length > 0 && <CopyTable name="masters" columns={probeText} rows={probes} />}{' '}
            <Button
              size="xs"
              variant="subtle"
              disabled={isAsking}
              onClick={() => setAsked((count) => count + 1)}
            >
              {isAsking ? 'Asking…' : 'Ask again'}
            </Button>
          </>
        }
      >
        Masters
      </Section>
      {health.isError && <ErrorLine failure={failureOf(health.error)} />}
      <p className={s['text']} role="status">
        {isAsking
          ? `Asking. ${countOf(asking.state.length, 'answer')} so far.`
          : health.data
            ? failure === null && <Printable text={health.data.words} />
            : 'They were not asked yet since Holdfast started.'}
      </p>
      {!isAsking && failure !== null && (
        <ErrorLine failure={failure} action={<Way cluster={cluster} failure={failure} />} />
      )}
      <div className={s['groups']}>
        {groups.map((group) => (
          <ProbeGroupOf
            key={group.of}
            group={group}
            isOpen={probes.length <= shownAtOnce || group.worst !== 'ok'}
          />
        ))}
      </div>
    </section>
  )
}

/** Where there are more answers than this, masters of which nothing is to be said are folded. */
const shownAtOnce = 40

/** Where it is mended. */
function Way({ cluster, failure }: { readonly cluster: Cluster; readonly failure: Failure }) {
  if (failure.code === 'vault.locked') {
    return (
      <Button size="xs" onClick={() => askUnlock()}>
        Unlock…
      </Button>
    )
  }
  return (
    <Button
      size="xs"
      renderRoot={(props) => <Link to="/clusters/$id/connection" params={{ id: cluster.id }} {...props} />}
    >
      Look at the connection
    </Button>
  )
}
