import { use } from 'react'
import { LostContext } from '../lib/live.ts'
import { Age } from './time.tsx'
import s from './lost-line.module.css'

/** That the program behind the window does not answer: on every page and in every wizard, since what they show is from before. */
export function LostLine() {
  const lostAt = use(LostContext)
  if (lostAt === null) return null
  return (
    <p className={s['lost']} role="alert">
      Holdfast does not answer since <Age at={new Date(lostAt).toISOString()} ago />. What is shown is from
      before; running jobs go on.
    </p>
  )
}
