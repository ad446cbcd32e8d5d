import type { StreamState } from '../../lib/live.ts'
import { bytesWords } from '../../../shared/domain/size-words.ts'
import { CheckLine, checkTones, tookWords } from '../../ui/check-line.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { Button, Progress } from '../../ui/kit.ts'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import type { Prepared } from './prepared.ts'
import s from './restore.module.css'

interface Props {
  readonly stream: StreamState<Prepared>
  readonly onAgain: () => void
}

/** What was looked at before there is a plan, in the order in which it was. */
export function CheckStep({ stream, onAgain }: Props) {
  const { checks, progress, plan, refused } = stream.state
  const failure = stream.failure ?? refused
  const groups = [...new Set(checks.map(({ group }) => group))]
  return (
    <>
      <h2 className={w['pageTitle']}>
        {failure !== null
          ? 'This cannot be restored there as it is.'
          : plan === null
            ? 'Looking before anything is planned.'
            : 'Everything that a plan needs is there.'}
      </h2>
      <p className={w['lead']}>What is not proved yet is read now, to its last byte. Nothing is written.</p>
      {progress !== null && progress.totalBytes !== null && (
        <div className={s['progress']}>
          <Progress
            aria-label="Bytes read"
            value={progress.totalBytes === 0 ? 100 : (100 * progress.doneBytes) / progress.totalBytes}
            color="run"
          />
          <span>
            {bytesWords(progress.doneBytes)} of {bytesWords(progress.totalBytes)} read
          </span>
        </div>
      )}
      <div aria-live="polite">
        {groups.map((group) => (
          <section key={group}>
            <Section>{group}</Section>
            <ul className={s['checks']}>
              {checks
                .filter((check) => check.group === group)
                .map(({ id, state, title, detail, tookMs }) => (
                  <CheckLine
                    key={id}
                    tone={checkTones[state]}
                    evidence={detail}
                    at={tookMs === undefined ? undefined : tookWords(tookMs)}
                  >
                    {title}
                  </CheckLine>
                ))}
            </ul>
          </section>
        ))}
      </div>
      {failure !== null && (
        <div className={s['failed']}>
          <ErrorPanel failure={failure} actions={<Button onClick={onAgain}>Check again</Button>} />
        </div>
      )}
    </>
  )
}
