import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { Plan } from '../../../shared/contract/restore.ts'
import type { Failure } from '../../../shared/domain/failure.ts'
import { bytesWords, spanWords } from '../../../shared/domain/size-words.ts'
import { exactWords } from '../../../shared/domain/time-words.ts'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Printable } from '../../ui/printable.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { DangerButtons } from '../danger-buttons.tsx'
import { AskReason, TypedName } from '../typed-name.tsx'
import { isConfirmed, type Draft } from './draft.ts'

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
  const needsReason = cluster.mode === 'protected'
  const isReady = isConfirmed(draft, { expected: plan.confirm, needsReason })
  return (
    <div className={w['confirm']}>
      <h2 className={w['pageTitle']}>
        Restore <Printable text={cluster.name} />{' '}
        {plan.createdAt === null ? 'from this backup' : `as of ${exactWords(plan.createdAt)}`} into a folder?
      </h2>
      <Costs plan={plan} />
      <div className={w['zone']}>
        {needsReason && <AskReason value={draft.reason} onChange={(reason) => onChange({ reason })} />}
        <TypedName
          expected={plan.confirm}
          what={plan.cluster === null ? 'the last part of the target’s path' : 'the cluster’s name'}
          value={draft.typed}
          onChange={(typed) => onChange({ typed })}
        />
        <DangerButtons
          label={`Restore ${plan.confirm}`}
          isReady={isReady}
          isStarting={isStarting}
          note={
            draft.typed === plan.confirm && !isReady
              ? 'A reason is missing: the cluster is protected.'
              : 'Enter never starts the restore.'
          }
          onCancel={onCancel}
          onStart={onStart}
        />
      </div>
      {failure !== null && <ErrorPanel failure={failure} />}
    </div>
  )
}

function Costs({ plan }: { readonly plan: Plan }) {
  const lost = plan.lost.find(({ grave }) => grave) ?? plan.lost[0]
  const kept = plan.lost.filter((each) => each !== lost)
  const replaces = plan.rows.some(({ thereNow }) => thereNow !== null)
  return (
    <dl className={w['dl']}>
      <dt>Lost</dt>
      <dd>
        {lost !== undefined && (lost.grave ? <Lead text={lost.text} /> : <Printable text={lost.text} />)}
        {kept.map(({ text }) => (
          <small key={text}>
            <Printable text={text} />
          </small>
        ))}
      </dd>
      <dt>Stops</dt>
      <dd>
        Nothing. It is a folder, and no cluster is touched.
        <small>
          A program that uses the folder has to be stopped first; one that is seen there stops the run.
        </small>
      </dd>
      <dt>Takes</dt>
      <dd>
        {plan.estimateMs === null ? 'Not known' : `About ${spanWords(plan.estimateMs)}`}
        <small>
          {bytesWords(plan.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))} are read and compared,
          written beside the target, and read back in their place. {plan.estimateSource}
        </small>
      </dd>
      <dt>Way back</dt>
      <dd>
        One click, or the command that the result shows
        <small>
          {replaces
            ? 'What stands there now is kept beside it under a .before-restore- name. Nothing prunes it.'
            : 'What was restored is then kept aside under a name of its own.'}
        </small>
      </dd>
    </dl>
  )
}

/** A sentence whose figure stands before a colon, with weight on the figure. */
export function Lead({ text }: { readonly text: string }) {
  const cut = text.indexOf(': ')
  if (cut < 0) return <Printable text={text} />
  return (
    <>
      <b>
        <Printable text={text.slice(0, cut)} />
      </b>
      <Printable text={text.slice(cut)} />
    </>
  )
}
