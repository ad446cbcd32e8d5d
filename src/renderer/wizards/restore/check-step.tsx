import { bytesWords } from '../../../shared/domain/size-words.ts'
import type { StreamState } from '../../lib/live.ts'
import { UnknownHost } from '../../areas/access/unknown-host.tsx'
import { askUnlock } from '../../app/unlock-request.ts'
import { CheckLine, checkTones, tookWords } from '../../ui/check-line.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { Button, Progress } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { checksInWords, type Prepared } from './prepared.ts'
import s from './restore.module.css'

interface Props {
  readonly clusterId: string
  readonly stream: StreamState<Prepared>
  readonly onAgain: () => void
  /** Another backup or another folder. */
  readonly onChoose: () => void
}

/** What was looked at before there is a plan, in the order in which it was. */
export function CheckStep({ clusterId, stream, onAgain, onChoose }: Props) {
  const { checks, progress, plan, refused } = stream.state
  const failure = stream.failure ?? refused
  // What was refused stands above, with all that is to be said of it.
  const shown = checks.filter(({ state, title }) => state !== 'failed' || title !== failure?.what)
  const groups = [...new Set(shown.map(({ group }) => group))]
  return (
    <>
      <div role="status">
        <h2 className={w['pageTitle']}>{titleOf(stream)}</h2>
      </div>
      <p className={w['lead']}>
        {failure !== null
          ? `${shown.length === 0 ? '' : 'What else was looked at stands below. '}Nothing was written.`
          : plan === null
            ? 'What is not proved yet is read now, to its last byte. Nothing is written.'
            : `${checksInWords(checks)}. Nothing was written.`}
      </p>
      {progress !== null && (
        <div className={s['progress']}>
          <Progress aria-label="Bytes read" value={share(progress)} color="run" />
          <span>
            {bytesWords(progress.doneBytes)}
            {progress.totalBytes !== null && ` of ${bytesWords(progress.totalBytes)}`} read
          </span>
        </div>
      )}
      {failure !== null && (
        <div className={s['refused']}>
          {failure.unknownHost === undefined ? (
            <ErrorPanel
              failure={failure}
              actions={
                <>
                  <Button variant="filled" onClick={onChoose}>
                    Choose again
                  </Button>
                  {failure.code === 'vault.locked' && (
                    <Button onClick={() => askUnlock()}>Unlock the vault…</Button>
                  )}
                  <Button onClick={onAgain}>Check again</Button>
                </>
              }
            />
          ) : (
            <UnknownHost clusterId={clusterId} host={failure.unknownHost} onTrusted={onAgain} />
          )}
        </div>
      )}
      {groups.map((group) => (
        <section key={group}>
          <Section>{group}</Section>
          <ul className={s['checks']}>
            {shown
              .filter((check) => check.group === group)
              .map(({ id, state, title, detail, tookMs }) => (
                <CheckLine
                  key={id}
                  tone={checkTones[state]}
                  evidence={detail === undefined ? undefined : <Printable text={detail} />}
                  at={tookMs === undefined ? undefined : tookWords(tookMs)}
                >
                  <Printable text={title} />
                </CheckLine>
              ))}
          </ul>
        </section>
      ))}
    </>
  )
}

function titleOf({ state: { plan, refused, checks }, failure }: StreamState<Prepared>): string {
  if (failure !== null) return 'The check stopped.'
  if (refused?.unknownHost !== undefined) return 'Is this the host that you mean?'
  if (refused !== null) return 'This cannot be restored there as it is.'
  if (plan === null) return 'Looking before anything is planned.'
  return checks.some(({ state }) => state === 'warning')
    ? 'It can be planned; read the warning first.'
    : 'Everything that a plan needs is there.'
}

function share({ doneBytes, totalBytes }: NonNullable<Prepared['progress']>): number {
  if (totalBytes === null) return 0
  return totalBytes === 0 ? 100 : (100 * doneBytes) / totalBytes
}
