import { useEffect, useRef } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { Plan } from '../../../shared/contract/restore.ts'
import type { Failure } from '../../../shared/domain/failure.ts'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Button } from '../../ui/kit.ts'
import { momentWords } from '../../ui/time.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { ReasonField, TypedName } from '../typed-name.tsx'
import type { Draft } from './draft.ts'

interface Props {
  readonly cluster: Cluster
  readonly plan: Plan
  readonly draft: Draft
  readonly failure: Failure | null
  readonly isStarting: boolean
  readonly onChange: (change: Pick<Draft, 'typed'> | Pick<Draft, 'reason'>) => void
  readonly onCancel: () => void
  readonly onStart: () => void
}

/** The one step that starts something: what it costs, and the name that has to be typed. */
export function ConfirmStep({
  cluster,
  plan,
  draft,
  failure,
  isStarting,
  onChange,
  onCancel,
  onStart,
}: Props) {
  const cancel = useRef<HTMLButtonElement>(null)
  useEffect(() => cancel.current?.focus(), [])
  const needsReason = cluster.mode === 'protected'
  const isReady = draft.typed === plan.confirm && (!needsReason || draft.reason.trim() !== '')
  const lost = plan.lost.find(({ grave }) => grave) ?? plan.lost[0]
  const kept = plan.lost.filter((each) => each !== lost)
  return (
    <div className={w['confirm']}>
      <h2 className={w['pageTitle']}>
        Restore {plan.confirm} to{' '}
        {plan.createdAt === null ? 'this backup' : momentWords(plan.createdAt, Date.parse(plan.madeAt))}?
      </h2>
      <dl className={w['dl']}>
        <dt>Lost</dt>
        <dd>
          <b>{lost?.text}</b>
          {kept.map(({ text }) => (
            <small key={text}>{text}</small>
          ))}
        </dd>
        <dt>Stops</dt>
        <dd>
          Nothing. It is a folder, and no cluster is touched.
          <small>
            A program that uses the folder has to be stopped first; one that is seen there stops the run.
          </small>
        </dd>
        <dt>Way back</dt>
        <dd>
          One click, or the command that the result shows.
          <small>
            What stands there now is kept beside it under a .before-restore- name. Nothing prunes it.
          </small>
        </dd>
      </dl>
      <div className={w['zone']}>
        {needsReason && <ReasonField value={draft.reason} onChange={(reason) => onChange({ reason })} />}
        <TypedName
          expected={plan.confirm}
          what={plan.cluster === null ? 'the last part of the target’s path' : 'the cluster’s name'}
          value={draft.typed}
          onChange={(typed) => onChange({ typed })}
        />
        <div className={w['two']}>
          <Button ref={cancel} size="md" onClick={onCancel}>
            Cancel
          </Button>
          <Button size="md" variant="filled" color="bad" disabled={!isReady || isStarting} onClick={onStart}>
            Restore {plan.confirm}
          </Button>
          <span>Enter never starts the restore.</span>
        </div>
      </div>
      {failure !== null && <ErrorPanel failure={failure} />}
    </div>
  )
}
