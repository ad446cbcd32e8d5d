import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import {
  valuesByName,
  type ConnectionField,
  type ConnectionValues,
} from '../../../shared/contract/connection-fields.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Facts, Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Sealed } from '../../ui/sealed.tsx'
import { Status } from '../../ui/status.tsx'
import { SecretDialog } from '../vault/secret-dialog.tsx'
import { ConnectionForm } from './connection-form.tsx'
import { Disconnect } from './disconnect.tsx'
import { MastersStatus } from './masters-status.tsx'
import { draftOf, type Draft } from './model/connection-draft.ts'
import { connectionFacts, type ConnectionFact } from './model/connection-facts.ts'
import s from './masters.module.css'

interface Props {
  readonly cluster: Cluster
  /** What is typed; null while nothing is changed. Whoever shows the test of it holds it. */
  readonly draft: Draft | null
  readonly onDraft: (draft: Draft | null) => void
}

/** What can be done with the cluster's masters, how they are reached, and the form that changes it. */
export function MastersConnection({ cluster, draft, onDraft }: Props) {
  const desk = useDesk()
  const systems = useQuery(desk.masters.systems.queryOptions())
  const connection = useQuery(desk.masters.connection.queryOptions({ input: { id: cluster.id } }))
  const system = systems.data?.find((each) => each.system === cluster.system)
  const kept = connection.data?.values ?? null
  const values = kept === null ? null : valuesByName(kept)
  const error = systems.error ?? connection.error
  usePageAct('masters.save', (id) => {
    if (id !== cluster.id || system === undefined || connection.data === undefined) return false
    onDraft(draftOf(system.fields, values))
    return true
  })
  return (
    <>
      <Section
        end={
          system !== undefined &&
          values !== null &&
          draft === null && (
            <Button
              size="xs"
              variant="subtle"
              aria-label="Change how the masters are reached"
              onClick={() => onDraft(draftOf(system.fields, values))}
            >
              Change…
            </Button>
          )
        }
      >
        Masters
      </Section>
      {error !== null && <ErrorLine failure={failureOf(error)} />}
      {systems.data !== undefined && system === undefined && (
        <p className={s['text']}>
          This version does not talk to the masters of {cluster.system}. From the repository alone, Holdfast
          lists and copies the backups, even when every master is dead.
        </p>
      )}
      {system !== undefined && connection.data !== undefined && (
        <>
          <p className={s['text']}>{system.summary}</p>
          {draft !== null ? (
            <ConnectionForm
              cluster={cluster}
              fields={system.fields}
              kept={values}
              draft={draft}
              onChange={onDraft}
              onDone={() => onDraft(null)}
            />
          ) : values === null ? (
            <NotConnected onConnect={() => onDraft(draftOf(system.fields, null))} />
          ) : (
            <Connected cluster={cluster} fields={system.fields} values={values} />
          )}
        </>
      )}
    </>
  )
}

function NotConnected({ onConnect }: { readonly onConnect: () => void }) {
  return (
    <>
      <p className={s['text']}>
        They are not connected. The repository alone is enough to list, judge, verify, copy and restore the
        backups, even when every master is dead; what needs a master is not offered.
      </p>
      <div className={s['acts']}>
        <Button onClick={onConnect}>Connect its masters…</Button>
      </div>
    </>
  )
}

function Connected({
  cluster,
  fields,
  values,
}: {
  readonly cluster: Cluster
  readonly fields: readonly ConnectionField[]
  readonly values: ConnectionValues
}) {
  return (
    <div className={s['facts']}>
      <Facts
        of={[
          ['Now', <MastersStatus key="now" masters={cluster.masters} />],
          ...connectionFacts(fields, values).map(
            (fact) => [fact.label, <FactValue key={fact.name} fact={fact} />] as const,
          ),
        ]}
      />
      <Disconnect cluster={cluster} />
    </div>
  )
}

function FactValue({ fact: { label, of } }: { readonly fact: ConnectionFact }) {
  switch (of.kind) {
    case 'text':
      return of.isBad === true ? (
        <span className={s['bad']}>
          <Status tone="bad">Not checked</Status> <Printable text={of.text} />
        </span>
      ) : (
        <Printable text={of.text} />
      )
    case 'lines':
      return of.lines.map((line) => (
        <code key={line} className={s['line']}>
          <Printable text={line} />
        </code>
      ))
    case 'credential':
      return <Credential label={label} id={of.id} />
  }
}

function Credential({ label, id }: { readonly label: string; readonly id: string }) {
  const { data: credentials } = useQuery(useDesk().vault.credentials.queryOptions())
  const [isReplacing, setReplacing] = useState(false)
  if (credentials === undefined) return null
  const kept = credentials.find((each) => each.id === id)
  if (kept === undefined) return <Status tone="bad">One that the vault does not have</Status>
  return (
    <>
      <Sealed hint={kept.hint} label={`${label}: ${kept.label}`} onReplace={() => setReplacing(true)} />
      <SecretDialog
        kind={isReplacing ? kept.kind : null}
        replaces={kept}
        onClose={() => setReplacing(false)}
      />
    </>
  )
}
