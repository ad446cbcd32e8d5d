import { useState } from 'react'
import type { Step } from '../../../shared/contract/runbooks.ts'
import { bytesWords, countOf } from '../../../shared/domain/size-words.ts'
import { Progress, UnstyledButton } from '../../ui/kit.ts'
import { Sentence } from '../../ui/sentence.tsx'
import { Glyph } from '../../ui/status.tsx'
import { RowTime } from '../../ui/time.tsx'
import s from './step-facts.module.css'

/** The newest lines are what is looked for. */
const linesShown = 8

interface Props {
  readonly lines: Step['lines']
  readonly isLive: boolean
}

/** What was seen while the step goes on, as it comes. */
export function StepLines({ lines, isLive }: Props) {
  const [isWhole, setWhole] = useState(false)
  const hidden = isWhole ? 0 : Math.max(0, lines.length - linesShown)
  return (
    <>
      {hidden > 0 && (
        <UnstyledButton className={s['earlier']} onClick={() => setWhole(true)}>
          Show {countOf(hidden, 'earlier line')}
        </UnstyledButton>
      )}
      <div className={s['lines']} {...(isLive && { role: 'log', 'aria-label': 'Lines' })}>
        <ol>
          {lines.slice(hidden).map(({ at, severity, sentence }, place) => (
            <li key={hidden + place} data-severity={severity}>
              {severity === 'info' ? (
                <span data-dot />
              ) : (
                <Glyph tone={severity === 'error' ? 'bad' : 'warn'} size={13} />
              )}
              <span>
                <Sentence text={sentence} />
              </span>
              <RowTime at={at}>{at.slice(11, 19)}</RowTime>
            </li>
          ))}
        </ol>
      </div>
    </>
  )
}

/** The bytes of what is under way. */
export function StepProgress({ doneBytes, totalBytes }: Pick<Step, 'doneBytes' | 'totalBytes'>) {
  if (doneBytes === null) return null
  if (totalBytes === null || totalBytes === 0) return <p className={s['bytes']}>{bytesWords(doneBytes)}</p>
  const share = Math.min(100, (100 * doneBytes) / totalBytes)
  return (
    <div className={s['bytes']}>
      <Progress value={share} size={3} color="run" aria-label="Bytes done" />
      <span>
        {bytesWords(doneBytes)} of {bytesWords(totalBytes)}
      </span>
    </div>
  )
}
