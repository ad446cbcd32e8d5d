import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { RunSummary, Scenario } from '../../../shared/contract/runbooks.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { typedUtc } from '../../../shared/domain/typed-utc.ts'
import { spanWords } from '../../../shared/domain/size-words.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { Section } from '../../ui/frame.tsx'
import { TextInput } from '../../ui/kit.ts'
import { useNow } from '../../ui/now.ts'
import { Printable } from '../../ui/printable.tsx'
import { Age, utcWords } from '../../ui/time.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { AskReason } from '../../wizards/typed-name.tsx'
import { InputField } from './input-field.tsx'
import { OpenRun } from './open-run.tsx'
import { startRunCommand } from './model/commands.ts'
import { inputOf, type StartDraft } from './model/start-draft.ts'
import s from './recover.module.css'

interface Props {
  readonly cluster: Cluster
  readonly open: RunSummary | null
  readonly scenario: Scenario
  readonly draft: StartDraft
  readonly overruled: number
  readonly blocked: string | null
  readonly onChange: (draft: StartDraft) => void
}

/** What the runbook asks before it begins, what it costs, and since when it is broken. */
export function BeginPage({ cluster, open, scenario, draft, overruled, blocked, onChange }: Props) {
  const { title, id, when, costs, inputs, lastTookMs } = scenario
  const nowMs = useNow()
  const needsReason = cluster.mode === 'protected' || overruled > 0
  return (
    <div className={w['confirm']}>
      <h2 className={w['pageTitle']}>
        {title} <span className={s['id']}>{id}</span>
      </h2>
      <p className={w['lead']}>{when}</p>
      <OpenRun open={open} />
      {cluster.mode === 'readOnly' && (
        <p className={s['open']}>
          {printable(cluster.name)} is read-only here: no runbook is begun before the cluster has another
          mode. Change it under Connection.
        </p>
      )}
      <dl className={w['dl']}>
        <dt>Costs</dt>
        <dd>
          {costs.length === 0 && 'Nothing: it destroys nothing.'}
          {costs.map((cost) => (
            <div key={cost}>
              <Printable text={cost} />
            </div>
          ))}
        </dd>
        <dt>Takes</dt>
        <dd>
          {lastTookMs === null ? 'Not known' : `${spanWords(lastTookMs)}, by the last run here`}
          <small>Each step says in advance how long it takes, and where that is known from.</small>
        </dd>
        <dt>Begins</dt>
        <dd>
          By looking
          <small>
            What only reads goes on by itself. Each step that changes something is a press of yours, and says
            before what it touches and how it is taken back.
          </small>
        </dd>
      </dl>
      <div className={s['form']}>
        {inputs.length > 0 && (
          <Section note="what the connection knows is not asked">Asked before it begins</Section>
        )}
        {inputs.map((input) => (
          <InputField
            key={input.name}
            cluster={cluster.name}
            input={input}
            value={inputOf(draft, input)}
            onChange={(value) => onChange({ ...draft, inputs: { ...draft.inputs, [input.name]: value } })}
          />
        ))}
        <Section>Failure</Section>
        <FailedAt draft={draft} onChange={onChange} />
        {needsReason && (
          <div className={`${w['zone'] ?? ''} ${s['reason'] ?? ''}`}>
            <AskReason value={draft.reason} onChange={(reason) => onChange({ ...draft, reason })} />
          </div>
        )}
        {blocked === null && <CommandLine command={startRunCommand(cluster.name, scenario, draft, nowMs)} />}
        {blocked !== null && (
          <p className={s['blocked']} role="status">
            {blocked}
          </p>
        )}
      </div>
    </div>
  )
}

function FailedAt({ draft, onChange }: Pick<Props, 'draft' | 'onChange'>) {
  const nowMs = useNow()
  const { at, fault } = typedUtc(draft.failedAt, nowMs)
  return (
    <>
      <TextInput
        label="When it failed, UTC"
        description="What changed between a backup and this time is lost. Left empty: now."
        placeholder={utcWords(new Date(nowMs).toISOString()).slice(0, 16)}
        value={draft.failedAt}
        error={fault}
        w={260}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ ...draft, failedAt: event.currentTarget.value })}
      />
      {at !== null && (
        <p className={s['ago']}>
          {utcWords(at)}, <Age at={at} ago />
        </p>
      )}
    </>
  )
}
