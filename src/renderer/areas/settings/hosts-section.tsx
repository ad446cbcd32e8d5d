import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { TrustedHost } from '../../../shared/contract/clusters.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { useFleet } from '../../lib/use-fleet.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { CopyTable } from '../../ui/copy-table.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { frame, Section } from '../../ui/frame.tsx'
import { Button, DialogFoot, Modal } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { ReasonField, useReason } from '../../ui/reason-field.tsx'
import { Age } from '../../ui/time.tsx'
import { forgetHostCommand } from '../access/commands.ts'
import { hostTypes } from './model/host-words.ts'
import s from './settings.module.css'

/** Every key of a host that was compared and trusted here, whichever form holds it. */
export function HostsSection() {
  const hosts = useQuery({ ...useDesk().clusters.trustedHosts.queryOptions(), staleTime: 0 })
  const [forgetting, setForgetting] = useState<TrustedHost | null>(null)
  const rows = hosts.data ?? []
  usePageAct('clusters.forgetHost', (wanted) => {
    const known = rows.find(({ of, id, host }) => of === 'cluster' && `${id} ${host}` === wanted)
    if (known !== undefined) setForgetting(known)
    return known !== undefined
  })
  return (
    <>
      <Section
        note={rows.length}
        end={
          <CopyTable
            name="trusted-hosts"
            rows={rows}
            columns={[
              { head: 'Host', text: ({ host }) => host },
              { head: 'Type', text: ({ of }) => hostTypes[of] },
              { head: 'Of', text: ({ name }) => name },
              { head: 'Fingerprint', text: ({ fingerprint }) => fingerprint },
              { head: 'Trusted since', text: ({ since }) => since ?? 'not recorded' },
            ]}
          />
        }
      >
        Trusted hosts
      </Section>
      {hosts.isError && <ErrorLine failure={failureOf(hosts.error)} />}
      <p className={s['text']}>
        {hosts.isSuccess &&
          (rows.length === 0
            ? 'No key of a host was trusted here. '
            : 'Their keys were compared and trusted here. ')}
        Those of ~/.ssh/known_hosts hold as well, and are not listed.
      </p>
      <ul aria-label="Trusted hosts">
        {rows.map((known) => (
          <Host
            key={`${known.of} ${known.id} ${known.host} ${known.fingerprint}`}
            known={known}
            onForget={() => setForgetting(known)}
          />
        ))}
      </ul>
      <Modal
        opened={forgetting !== null}
        onClose={() => setForgetting(null)}
        title="Forget the key?"
        size={560}
      >
        {forgetting !== null && <Forget known={forgetting} onDone={() => setForgetting(null)} />}
      </Modal>
    </>
  )
}

function Host({ known, onForget }: { readonly known: TrustedHost; readonly onForget: () => void }) {
  const { host, fingerprint, of, id, name, since } = known
  return (
    <li className={s['credential']}>
      <p>
        <b>
          <Printable text={host} />
        </b>
        <code className={s['path']}>{fingerprint}</code>
      </p>
      <small>
        {hostTypes[of]} of{' '}
        {of === 'cluster' ? (
          <Link className={frame.link} to="/clusters/$id/connection" params={{ id }}>
            <Printable text={name} />
          </Link>
        ) : (
          <Link className={frame.link} to="/repositories/$id" params={{ id }}>
            <Printable text={name} />
          </Link>
        )}
        {since === null ? (
          ', since when is not recorded'
        ) : (
          <>
            , trusted <Age at={since} ago />
          </>
        )}
        {of === 'repository' && '; it is changed with the repository'}
      </small>
      <div className={s['rowActs']}>
        {of === 'cluster' && (
          <Button size="xs" variant="subtle" aria-label={`Forget the key of ${host}`} onClick={onForget}>
            Forget…
          </Button>
        )}
      </div>
    </li>
  )
}

function Forget({ known, onDone }: { readonly known: TrustedHost; readonly onDone: () => void }) {
  const desk = useDesk()
  const queries = useQueryClient()
  const mode = useFleet()?.find(({ cluster }) => cluster.id === known.id)?.cluster.mode
  const reason = useReason(mode)
  const forget = useMutation(
    desk.clusters.forgetHost.mutationOptions({
      onSuccess: async () => {
        onDone()
        await queries.invalidateQueries({ queryKey: desk.clusters.key() })
        await queries.invalidateQueries({ queryKey: desk.masters.key() })
      },
    }),
  )
  return (
    <>
      <p>
        Nothing of {printable(known.name)} is done over {printable(known.host)} until its key was compared and
        trusted again, or stands in ~/.ssh/known_hosts.
      </p>
      <ReasonField of={reason} />
      <CommandLine apart command={forgetHostCommand(known.name, known.host, reason)} />
      {forget.isError && <ErrorLine failure={failureOf(forget.error)} />}
      <DialogFoot>
        <Button data-autofocus onClick={onDone}>
          Keep it
        </Button>
        <Button
          variant="filled"
          color="bad"
          disabled={reason.isMissing}
          loading={forget.isPending}
          onClick={() => forget.mutate({ id: known.id, address: known.host, ...reason.sent })}
        >
          Forget it
        </Button>
      </DialogFoot>
    </>
  )
}
