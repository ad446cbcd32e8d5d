import type { ReactNode } from 'react'
import type { Tone } from './tone.ts'
import s from './status.module.css'

export type { Tone }

const words: Readonly<Record<Tone, string>> = {
  good: 'Good',
  warn: 'Attention',
  bad: 'Failed',
  unknown: 'Not proved',
  run: 'Running',
  none: 'Not started',
  notProvable: 'Not provable',
}

interface GlyphProps {
  readonly tone: Tone
  readonly size?: number
  readonly title?: string
  /** Where the word stands beside it, a screen reader needs no second one. */
  readonly decorative?: boolean
}

/**
 * Each state has a silhouette of its own, so it reads without colour and at 12 px: disc, triangle, octagon, dashed
 * ring, half disc, ring with dash.
 */
export function Glyph({ tone, size = 14, title, decorative = false }: GlyphProps) {
  const named = decorative
    ? ({ 'aria-hidden': true } as const)
    : ({ role: 'img', 'aria-label': title ?? words[tone] } as const)
  return (
    <svg width={size} height={size} viewBox="0 0 14 14" className={s['glyph']} data-tone={tone} {...named}>
      {shapes[tone]}
    </svg>
  )
}

const cut = 'var(--glyph-cut, var(--hf-surface))'
const stroke = { fill: 'none', strokeWidth: 1.5, strokeLinecap: 'round', strokeLinejoin: 'round' } as const
const ring = <circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.4" />

const shapes: Readonly<Record<Tone, ReactNode>> = {
  good: (
    <>
      <circle cx="7" cy="7" r="6.2" fill="currentColor" />
      <path d="m4.2 7.2 2 2 3.7-4.2" stroke={cut} {...stroke} />
    </>
  ),
  warn: (
    <>
      <path d="M7 .9 13.5 12.4a.6.6 0 0 1-.5.9H1a.6.6 0 0 1-.5-.9L7 .9Z" fill="currentColor" />
      <path d="M7 5.2v3.4" stroke={cut} {...stroke} />
      <circle cx="7" cy="10.9" r=".9" fill={cut} />
    </>
  ),
  bad: (
    <>
      <path d="M4.3.6h5.4l3.7 3.7v5.4l-3.7 3.7H4.3L.6 9.7V4.3L4.3.6Z" fill="currentColor" />
      <path d="m4.8 4.8 4.4 4.4M9.2 4.8 4.8 9.2" stroke={cut} {...stroke} />
    </>
  ),
  unknown: (
    <>
      <circle
        cx="7"
        cy="7"
        r="5.5"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeDasharray="2.3 2.02"
      />
      <circle cx="7" cy="7" r="1.3" fill="currentColor" />
    </>
  ),
  run: (
    <>
      <circle cx="7" cy="7" r="5.6" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M7 3.2A3.8 3.8 0 0 1 7 10.8Z" fill="currentColor" />
    </>
  ),
  none: ring,
  notProvable: (
    <>
      {ring}
      <path d="M4.4 7h5.2" stroke="currentColor" {...stroke} />
    </>
  ),
}

interface StatusProps {
  readonly tone: Tone
  readonly children?: ReactNode
  readonly age?: ReactNode
  readonly strong?: boolean
}

/** Shape, word and age. No pill, no ground: the shape and the word carry it. */
export function Status({ tone, children, age, strong }: StatusProps) {
  return (
    <span className={s['status']} data-tone={tone} data-strong={strong || undefined}>
      <Glyph tone={tone} decorative />
      <span className={s['statusWord']}>{children ?? words[tone]}</span>
      {age !== undefined && <span className={s['statusAge']}>{age}</span>}
    </span>
  )
}
