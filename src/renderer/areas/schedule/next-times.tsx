import { ZonedMoment } from '../../ui/time.tsx'
import { ownZone } from './model/schedule-words.ts'
import s from './schedule.module.css'

/** The next times as the clocks here show them; the exact UTC on hover. */
export function NextTimes({ next }: { readonly next: readonly string[] }) {
  const zone = ownZone()
  return (
    <ul className={s['times']}>
      {next.map((at) => (
        <li key={at}>
          <ZonedMoment at={at} zone={zone} /> <span>{zone}</span>
        </li>
      ))}
    </ul>
  )
}
