import type { DrillView } from '../../../shared/contract/drills.ts'
import { drillPhaseWords, tookWords } from '../../../shared/domain/drill.ts'
import { bytesWords } from '../../../shared/domain/size-words.ts'
import s from './drills.module.css'

type Phase = DrillView['phases'][number]

/** The phases side by side, as long as they took; their names, times and bytes stand below as text. */
export function PhaseBar({ phases }: { readonly phases: readonly Phase[] }) {
  const wholeMs = phases.reduce((sum, { tookMs }) => sum + tookMs, 0)
  return (
    <div className={s['phases']}>
      <svg className={s['bar']} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        {placed(phases, wholeMs).map(({ name, fromShare, share }) => (
          <rect key={name} data-phase={name} x={fromShare} width={share} y="0" height="6" />
        ))}
      </svg>
      <ul className={s['legend']}>
        {phases.map(({ name, tookMs, bytes }) => (
          <li key={name} data-phase={name}>
            <i aria-hidden="true" />
            {drillPhaseWords[name]} <b>{tookWords(tookMs)}</b> <span>{bytesWords(bytes)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function placed(phases: readonly Phase[], wholeMs: number) {
  let fromShare = 0
  return phases.map(({ name, tookMs }) => {
    const share = wholeMs === 0 ? 0 : (100 * tookMs) / wholeMs
    const here = { name, fromShare, share }
    fromShare += share
    return here
  })
}
