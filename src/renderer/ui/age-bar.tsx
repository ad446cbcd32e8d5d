import type { Tone } from './status.tsx'
import s from './age-bar.module.css'

interface Props {
  /** Age in targets; null: there never was one. */
  readonly ratio: number | null
  readonly tone: Tone
}

/** Ends at twice the target, the tick is the target; an age past the end is cut with a break, never drawn as if it fitted. */
export function AgeBar({ ratio, tone }: Props) {
  const width = ratio === null ? 100 : Math.min(100, ratio * 50)
  return (
    <span
      className={s['ageBar']}
      data-tone={tone}
      data-never={ratio === null || undefined}
      aria-hidden="true"
    >
      <b style={{ width: `${width}%` }} />
      {ratio !== null && ratio > 2 && <em />}
      <u />
    </span>
  )
}
