import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { ReasonField, useReason } from '../../ui/reason-field.tsx'
import { forgetHostCommand } from '../access/commands.ts'
import s from './connection.module.css'

/** Keys of hosts that were trusted for the cluster while no connection is saved that could hold them. */
export function TrustedHosts({ cluster }: { readonly cluster: Cluster }) {
  if (cluster.hostKeys.length === 0) return null
  return (
    <>
      <Section>Trusted hosts</Section>
      <p className={s['text']}>
        Their keys were compared and trusted for {cluster.name}. A host that is forgotten is asked about
        again.
      </p>
      <ul className={s['hosts']}>
        {cluster.hostKeys.map((known) => (
          <TrustedHost key={known.host} cluster={cluster} known={known} />
        ))}
      </ul>
    </>
  )
}

function TrustedHost({
  cluster,
  known,
}: {
  readonly cluster: Cluster
  readonly known: Cluster['hostKeys'][number]
}) {
  const desk = useDesk()
  const reason = useReason(cluster.mode)
  const [isAsking, setAsking] = useState(false)
  const forget = useMutation(desk.clusters.forgetHost.mutationOptions())
  const mustAsk = reason.isNeeded && !isAsking
  return (
    <li>
      <div>
        <Printable text={known.host} /> <code>{known.fingerprint}</code>
      </div>
      <Button
        size="xs"
        aria-label={`Forget ${known.host}`}
        disabled={isAsking && reason.isMissing}
        loading={forget.isPending}
        onClick={() =>
          mustAsk ? setAsking(true) : forget.mutate({ id: cluster.id, address: known.host, ...reason.sent })
        }
      >
        {mustAsk ? 'Forget…' : 'Forget'}
      </Button>
      {isAsking && <ReasonField of={reason} />}
      {isAsking && <CommandLine command={forgetHostCommand(cluster.name, known.host, reason)} />}
      {forget.isError && <ErrorLine failure={failureOf(forget.error)} />}
    </li>
  )
}
