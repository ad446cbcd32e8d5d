import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Failure } from '../../../shared/domain/failure.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Facts } from '../../ui/frame.tsx'
import { Button, Modal } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { ReasonField, useReason } from '../../ui/reason-field.tsx'
import { trustHostCommand } from './commands.ts'
import { HostQuestion } from './host-question.tsx'
import s from './access.module.css'

interface Props {
  /** Whose host it is: the key is kept with it. */
  readonly clusterId: string
  readonly host: NonNullable<Failure['unknownHost']>
  /** What was refused is asked for again. */
  readonly onTrusted: () => void
}

/** A host of a cluster whose key is not known: what it has shown, how that is compared, and how it is trusted from here. */
export function UnknownHost({ clusterId, host, onTrusted }: Props) {
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <HostQuestion
        fingerprint={host.fingerprint}
        note={`${host.address}: no key and no password was sent to it.`}
      >
        <Button size="xs" variant="filled" onClick={() => setAsking(true)}>
          Trust this key…
        </Button>
      </HostQuestion>
      {isAsking && (
        <TrustDialog
          clusterId={clusterId}
          host={host}
          onTrusted={() => {
            setAsking(false)
            onTrusted()
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}

function TrustDialog({ clusterId, host, onTrusted, onClose }: Props & { readonly onClose: () => void }) {
  const { address, fingerprint } = host
  const desk = useDesk()
  const queries = useQueryClient()
  const { data: clusters } = useQuery(desk.clusters.list.queryOptions())
  const cluster = clusters?.find(({ id }) => id === clusterId)
  const reason = useReason(cluster?.mode)
  const trust = useMutation(
    desk.clusters.trustHost.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: desk.masters.key() })
        onTrusted()
      },
    }),
  )
  return (
    <Modal opened onClose={onClose} title="Trust the key of a host" size={660}>
      <Facts
        of={[
          ['Host', <Printable key="host" text={address} />],
          ['Its key', <code key="key">{fingerprint}</code>],
          [
            'Kept',
            `With ${cluster?.name ?? 'the cluster'}, beside the keys of its SSH connection, and in the audit chain.`,
          ],
        ]}
      />
      <p className={s['compare']}>
        Whoever owns the host runs this on it, at its console, and reads the fingerprint to you. The same key:
        it is that host. Another one: something else answers in its place.
      </p>
      <CommandLine
        label="On the host itself"
        command="for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -l -f $key; done"
      />
      <div className={s['reason']}>
        <ReasonField of={reason} />
      </div>
      {cluster !== undefined && <CommandLine apart command={trustHostCommand(cluster.name, host, reason)} />}
      {trust.isError && <ErrorLine failure={failureOf(trust.error)} />}
      <div className={s['decide']}>
        <Button data-autofocus onClick={onClose}>
          Cancel
        </Button>
        <Button
          variant="filled"
          disabled={trust.isPending || reason.isMissing}
          onClick={() =>
            trust.mutate({
              id: clusterId,
              address,
              fingerprint,
              ...reason.sent,
            })
          }
        >
          I compared it: trust this key
        </Button>
      </div>
    </Modal>
  )
}
