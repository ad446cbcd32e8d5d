import type { Job } from '../../../shared/contract/jobs.ts'
import { bytesWords, spanWords } from '../../../shared/domain/size-words.ts'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Section, frame } from '../../ui/frame.tsx'
import { Progress } from '../../ui/kit.ts'
import { CheckLine } from '../../ui/check-line.tsx'
import type { Tone } from '../../ui/status.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { CommandLine } from '../../ui/command-line.tsx'
import { commandLine } from '../../../shared/domain/command-line.ts'
import s from './restore.module.css'

const phaseTones: Readonly<Record<Job['phases'][number]['state'], Tone>> = {
  toCome: 'none',
  running: 'run',
  done: 'good',
  failed: 'bad',
}

/** The run while it goes on, and what it came to. */
export function RunStep({ job }: { readonly job: Job }) {
  return (
    <>
      <h2 className={w['pageTitle']}>{titleOf(job)}</h2>
      <p className={w['lead']}>
        {job.outcome ??
          'You can leave this window: the run goes on, and Activity shows it. Exactly the confirmed plan is run.'}
      </p>
      {job.state === 'running' && <RunProgress job={job} />}
      <Section>Phases</Section>
      <ul className={s['checks']} aria-live="polite">
        {job.phases.map(({ name, state, tookMs }) => (
          <CheckLine
            key={name}
            tone={phaseTones[state]}
            at={tookMs === null ? (state === 'toCome' ? 'to come' : undefined) : spanWords(tookMs)}
          >
            {name}
          </CheckLine>
        ))}
      </ul>
      {job.failure !== null && <ErrorPanel failure={job.failure} />}
      {job.result?.kind === 'restore' && <RestoreResult result={job.result} />}
      {job.result?.kind === 'rollback' && <MovedAside moved={job.result.movedAside} />}
    </>
  )
}

function titleOf({ kind, state }: Job): string {
  const isRollback = kind === 'rollback'
  switch (state) {
    case 'waiting':
      return 'Waits for its turn.'
    case 'running':
      return isRollback ? 'Going back.' : 'Restoring.'
    case 'done':
      return isRollback ? 'What stood there before is back.' : 'Restored, and every byte read back.'
    case 'failed':
      return isRollback ? 'The way back stopped.' : 'The restore stopped and was undone.'
    case 'cancelled':
      return 'Cancelled, and undone.'
    case 'interrupted':
      return 'Interrupted: Holdfast ended before the run did.'
  }
}

function RunProgress({ job }: { readonly job: Job }) {
  const { doneBytes, totalBytes, bytesPerSecond, leftMs } = job
  const words = [
    totalBytes === null ? bytesWords(doneBytes) : `${bytesWords(doneBytes)} of ${bytesWords(totalBytes)}`,
    bytesPerSecond === null ? null : `${bytesWords(bytesPerSecond)}/s`,
    leftMs === null ? null : `about ${spanWords(leftMs)} left`,
  ].filter((word) => word !== null)
  return (
    <div className={s['progress']}>
      <Progress
        aria-label={job.phase ?? 'Progress'}
        value={totalBytes === null || totalBytes === 0 ? 0 : (100 * doneBytes) / totalBytes}
        color="run"
      />
      <span>{words.join(', ')}</span>
    </div>
  )
}

function RestoreResult({
  result,
}: {
  readonly result: Extract<NonNullable<Job['result']>, { kind: 'restore' }>
}) {
  return (
    <>
      {result.recovered !== null && <p>{result.recovered}</p>}
      <Section note={result.targetDir}>In place</Section>
      <table className={`${frame.table} ${w['tight']}`}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" data-r>
              Files
            </th>
            <th scope="col" data-r>
              Size
            </th>
          </tr>
        </thead>
        <tbody>
          {result.items.map(({ name, files, sizeBytes }) => (
            <tr key={name}>
              <td className="mono">{name}</td>
              <td data-r>{files}</td>
              <td data-r>{bytesWords(sizeBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <MovedAside moved={result.movedAside} />
      <div className={w['gap']} />
      <CommandLine
        label="The way back on the command line"
        command={commandLine(['holdfast', 'restore', '--rollback', '--target', result.targetDir])}
      />
    </>
  )
}

function MovedAside({
  moved,
}: {
  readonly moved: readonly { readonly name: string; readonly to: string }[]
}) {
  if (moved.length === 0) return null
  return (
    <>
      <Section note="nothing was deleted">Kept aside</Section>
      <ul className={w['words']}>
        {moved.map(({ name, to }) => (
          <li key={name}>
            <span>
              What stood as <b>{name}</b> is now <code className="mono">{to}</code>
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
