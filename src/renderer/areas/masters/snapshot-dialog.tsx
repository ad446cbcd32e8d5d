import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { SnapshotWay } from '../../../shared/contract/masters.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { askSnapshot, useSnapshotAsked } from '../../app/snapshot-request.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { Dash, Dashed } from '../../ui/dashed.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, DialogFoot, Modal } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Glyph, Status } from '../../ui/status.tsx'
import { DangerButtons } from '../../wizards/danger-buttons.tsx'
import { AskReason, TypedName } from '../../wizards/typed-name.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { mayBegin, snapshotCommand, usualWay } from './model/snapshot-draft.ts'
import s from './masters.module.css'

/** Opens wherever a snapshot was asked for. */
export function SnapshotQuestion() {
  const asked = useSnapshotAsked()
  const navigate = useNavigate()
  const { data: clusters } = useQuery(useDesk().clusters.list.queryOptions())
  const cluster = clusters?.find(({ id }) => id === asked)
  if (cluster === undefined) return null
  const close = (): void => askSnapshot(null)
  return (
    <Modal opened onClose={close} title={`Take a snapshot of ${printable(cluster.name)}`} size={620}>
      {cluster.mode === 'readOnly' ? (
        <p className={s['text']}>
          {printable(cluster.name)} is read-only here: not even a snapshot is asked of it. If that is no
          longer meant, change its kind under Connection.
        </p>
      ) : (
        <Offer
          cluster={cluster}
          onClose={close}
          onStarted={(id) => {
            close()
            void navigate({ to: '/activity/jobs/$id', params: { id } })
          }}
        />
      )}
    </Modal>
  )
}

interface OfferProps {
  readonly cluster: Cluster
  readonly onClose: () => void
  readonly onStarted: (jobId: string) => void
}

function Offer({ cluster, onClose, onStarted }: OfferProps) {
  const desk = useDesk()
  const offer = useQuery({
    ...desk.masters.snapshotOffer.queryOptions({ input: { id: cluster.id } }),
    staleTime: 0,
    gcTime: 0,
  })
  const { data: jobs } = useQuery(desk.jobs.list.queryOptions())
  if (offer.isError) return <ErrorLine failure={failureOf(offer.error)} />
  if (offer.data === undefined) return <p className={s['text']}>Looking at what can be asked for.</p>
  const { ways, running } = offer.data
  const job = jobs?.find(({ id }) => id === running?.jobId)
  const isRunning = running !== null && (job === undefined || job.finishedAt === null)
  if (!isRunning) return <Ways cluster={cluster} ways={ways} onClose={onClose} onStarted={onStarted} />
  return (
    <>
      <p className={s['text']}>
        <Status tone="run">A snapshot of this cluster runs.</Status>
      </p>
      <p className={s['text']}>
        <Printable text={running.sentence} /> A second one at the same time is not begun.
      </p>
      <DialogFoot note="Nothing was asked for.">
        <Button onClick={onClose}>Close</Button>
        <Button
          variant="filled"
          onClick={onClose}
          renderRoot={(props) => <Link to="/activity/jobs/$id" params={{ id: running.jobId }} {...props} />}
        >
          Open the job
        </Button>
      </DialogFoot>
    </>
  )
}

function Ways({ cluster, ways, onClose, onStarted }: OfferProps & { readonly ways: readonly SnapshotWay[] }) {
  const desk = useDesk()
  const [chosen, setChosen] = useState<string | null>(null)
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState('')
  const start = useMutation(desk.masters.snapshot.mutationOptions({ onSuccess: ({ id }) => onStarted(id) }))
  const way = ways.find(({ id }) => id === chosen) ?? usualWay(ways)
  if (way === null) return <p className={s['text']}>Its masters offer no way to take one.</p>
  const isProtected = cluster.mode === 'protected'
  const isReady = mayBegin(way, { name: cluster.name, typed, reason, isProtected })
  const begin = (): void =>
    start.mutate({
      id: cluster.id,
      way: way.id,
      ...(way.stops && { confirm: typed }),
      ...(reason.trim() !== '' && { reason: reason.trim() }),
    })
  return (
    <>
      <fieldset className={s['ways']}>
        <legend>{ways.length === 1 ? 'How' : 'How, of these'}</legend>
        {ways.map((one) => (
          <WayChoice key={one.id} way={one} isOn={one.id === way.id} onPick={() => setChosen(one.id)} />
        ))}
      </fieldset>
      <section className={s['costs']} aria-label="What follows" aria-live="polite">
        <Dashed>
          {way.consequences.map((sentence) => (
            <Dash key={sentence}>{sentence}</Dash>
          ))}
          <Dash>
            What arrives in the repository is verified at once; what the cluster says is not taken for it.
          </Dash>
        </Dashed>
        <CommandLine command={snapshotCommand(cluster.name, way, isProtected)} />
      </section>
      {start.isError && <ErrorLine failure={failureOf(start.error)} />}
      {way.stops ? (
        <div className={w['zone']} key={way.id}>
          {isProtected && <AskReason value={reason} onChange={setReason} />}
          <TypedName expected={cluster.name} what="the cluster’s name" value={typed} onChange={setTyped} />
          <DangerButtons
            label={`Stop and snapshot ${cluster.name}`}
            isReady={isReady}
            isStarting={start.isPending}
            note={
              isReady || typed !== cluster.name || !isProtected
                ? 'Enter never starts it.'
                : 'A reason is missing: the cluster is protected.'
            }
            onCancel={onClose}
            onStart={begin}
          />
        </div>
      ) : (
        <DialogFoot note={way.makesNothing ? 'No snapshot comes of it.' : 'Nothing stops meanwhile.'}>
          <Button ref={focus} onClick={onClose}>
            Cancel
          </Button>
          <Button variant="filled" disabled={start.isPending} onClick={begin}>
            {way.makesNothing ? 'Send the request' : 'Take the snapshot'}
          </Button>
        </DialogFoot>
      )}
    </>
  )
}

/** What is offered comes a moment after the dialog: Cancel has the focus then. Being one function, it is called once. */
function focus(button: HTMLButtonElement | null): void {
  button?.focus()
}

function WayChoice({
  way,
  isOn,
  onPick,
}: {
  readonly way: SnapshotWay
  readonly isOn: boolean
  readonly onPick: () => void
}) {
  return (
    <div className={s['way']}>
      <label>
        <input type="radio" name="way" checked={isOn} onChange={onPick} />
        <span>
          <b>{way.label}</b>
          <small>{way.does}</small>
          {way.makesNothing && (
            <small className={s['mark']}>
              <Glyph tone="warn" size={12} decorative /> Request logged, no snapshot
            </small>
          )}
          {way.stops && (
            <small className={s['mark']}>
              <Glyph tone="warn" size={12} decorative /> Something stops meanwhile
            </small>
          )}
        </span>
      </label>
    </div>
  )
}
