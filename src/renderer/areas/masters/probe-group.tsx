import type { Probe } from '../../../shared/contract/masters.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { tookWords } from '../../ui/check-line.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Glyph } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import { markWords, probeWords, type ProbeGroup } from './model/health-words.ts'
import s from './masters.module.css'

/** What one master answered, a line each. */
export function ProbeGroupOf({ group, isOpen }: { readonly group: ProbeGroup; readonly isOpen: boolean }) {
  const { of, worst, probes } = group
  return (
    <details className={s['group']} open={isOpen}>
      <summary>
        <Glyph tone={probeWords[worst].tone} size={13} title={probeWords[worst].word} />
        <b>
          <Printable text={of} />
        </b>
        <span>{countOf(probes.length, 'answer')}</span>
      </summary>
      <ul>
        {probes.map((probe) => (
          <ProbeLine key={probe.id} probe={probe} />
        ))}
      </ul>
    </details>
  )
}

/** Question and answer; the next thing to do in the open, the evidence folded. */
function ProbeLine({ probe }: { readonly probe: Probe }) {
  const { state, question, answer, next, evidence, mark, at, tookMs } = probe
  const { tone, word } = probeWords[state]
  return (
    <li className={s['probe']} data-tone={tone}>
      <Glyph tone={tone} size={13} title={word} />
      <div>
        <p>
          <b>
            <Printable text={question} />
          </b>{' '}
          <Printable text={answer} />
        </p>
        {next !== null && (
          <p className={s['next']}>
            Next: <Printable text={next} />
          </p>
        )}
        {evidence !== null && (
          <details>
            <summary>Evidence</summary>
            <p>
              <code>
                <Printable text={evidence} />
              </code>
            </p>
            <p>
              {`Read ${markWords[mark]}. Took ${tookWords(tookMs)}, `}
              <Age at={at} ago />.
            </p>
          </details>
        )}
      </div>
    </li>
  )
}
