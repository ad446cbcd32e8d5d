import type { ChainObject } from './model/chain-index.ts'
import s from './chain.module.css'

/** The square of a holder, by its state: each has its own outline, so that it reads without colour. */
export function ObjectShape({
  x,
  y,
  state,
}: {
  readonly x: number
  readonly y: number
  readonly state: ChainObject['state']
}) {
  switch (state) {
    case 'intact':
      return <rect x={x - 5.5} y={y - 5.5} width="11" height="11" rx="2" className={s['holder']} />
    case 'neverRead':
      return <rect x={x - 5} y={y - 5} width="10" height="10" rx="2" className={s['holder']} />
    case 'warning':
    case 'notOpened':
      return (
        <>
          <path d={`M${x} ${y - 6.5}L${x + 7} ${y + 5.5}H${x - 7}Z`} className={s['holder']} />
          <path d={`M${x} ${y - 2}v3.2M${x} ${y + 3.4}v.1`} className={s['cross']} />
        </>
      )
    case 'damaged':
    case 'missing':
      return (
        <>
          <path d={`M${x - 2.9} ${y - 6.9}h5.8l4 4v5.8l-4 4h-5.8l-4-4v-5.8Z`} className={s['holder']} />
          <path d={`M${x - 2.6} ${y - 2.6}l5.2 5.2M${x + 2.6} ${y - 2.6}l-5.2 5.2`} className={s['cross']} />
        </>
      )
  }
}

const states = [
  ['intact', 'holder, intact'],
  ['neverRead', 'holder, never read'],
  ['damaged', 'holder, damaged'],
  ['missing', 'gone'],
  ['warning', 'needs attention'],
  ['notOpened', 'not opened'],
] as const

/** Tells the shapes that this map has; the usual three are always told. */
export function Legend({
  present,
  folded,
  hint,
}: {
  readonly present: ReadonlySet<ChainObject['state']>
  readonly folded: boolean
  readonly hint: string
}) {
  return (
    <ul className={s['legend']} aria-label="Legend">
      {states
        .filter(([state], at) => at < 3 || present.has(state))
        .map(([state, words]) => (
          <li key={state}>
            <svg width="14" height="14" aria-hidden="true" className={s['object']} data-state={state}>
              <ObjectShape x={7} y={7} state={state} />
            </svg>
            {words}
          </li>
        ))}
      <li>
        <svg width="12" height="14" aria-hidden="true">
          <path d="M6 0v10M2.5 8 6 12l3.5-4" className={s['tip']} />
          <circle cx="6" cy="2.6" r="2.6" className={s['ref']} />
        </svg>
        points to the holder below
      </li>
      {folded && (
        <li>
          <svg width="14" height="12" aria-hidden="true">
            <path d="M5 0v12M9 0v12" className={s['rail']} />
          </svg>
          passes through a fold
        </li>
      )}
      <li className={s['hint']}>{hint}</li>
    </ul>
  )
}
