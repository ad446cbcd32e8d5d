import { UnstyledButton } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { ageWords, shortAgeWords } from '../../shared/domain/size-words.ts'
import { dayWords } from '../../shared/domain/time-words.ts'
import { useHint } from './hint.tsx'
import { useNow } from './now.ts'
import { zonedWords } from './zoned-words.ts'
import type { Tone } from './status.tsx'
import s from './time.module.css'

const minuteMs = 60_000

interface AgeProps {
  /** UTC ISO 8601. */
  readonly at: string
  readonly ago?: boolean
  /** Its largest unit alone. */
  readonly short?: boolean
  readonly tone?: Tone
  /** Where it stands in something that is itself pressed, it is read only: what that opens tells it by the keyboard, too. */
  readonly plain?: boolean
}

/** How long ago, on the face; the exact time in UTC on hover, and a press copies it. */
export function Age({ at, ago = false, short = false, tone, plain = false }: AgeProps) {
  const ageMs = useNow() - Date.parse(at)
  const words = (short ? shortAgeWords : ageWords)(Math.abs(ageMs))
  // From a clock that is ahead of this one.
  const text = ageMs < -minuteMs ? `in ${words}` : `${ageMs < 0 ? ageWords(0) : words}${ago ? ' ago' : ''}`
  if (plain) {
    return (
      <RowTime at={at} tone={tone}>
        {text}
      </RowTime>
    )
  }
  return <CopiedTime at={at} text={text} tone={tone} />
}

interface RowTimeProps {
  readonly at: string
  readonly tone?: Tone | undefined
  /** What a row has room for. */
  readonly children: ReactNode
}

/** A time in a row that is itself pressed, or one of many: whole in UTC for who points at it and for who hears it, without a stop of the Tab key. */
export function RowTime({ at, tone, children }: RowTimeProps) {
  const whole = utcWords(at)
  return (
    <time dateTime={at} title={whole} className={s['age']} data-tone={tone}>
      {children}
      <span className="vh"> ({whole})</span>
    </time>
  )
}

/** A moment as itself: `21 Nov 02:00 UTC`. */
export function Moment({ at }: { readonly at: string }) {
  return <CopiedTime at={at} text={momentWords(at, useNow())} />
}

/** A moment in a zone that people plan by: `Sun 22 Nov 03:00`; exact UTC on hover. */
export function ZonedMoment({ at, zone }: { readonly at: string; readonly zone: string }) {
  return <CopiedTime at={at} text={zonedWords(at, zone)} />
}

function CopiedTime({
  at,
  text,
  tone,
}: {
  readonly at: string
  readonly text: string
  readonly tone?: Tone | undefined
}) {
  const { copied, copy } = useClipboard({ timeout: 1200 })
  const { target, hint } = useHint(copied ? 'Copied' : <span className="mono">{utcWords(at)}</span>)
  return (
    <>
      <UnstyledButton
        {...target}
        component="button"
        className={s['age']}
        data-tone={tone}
        onClick={(event) => {
          event.stopPropagation()
          copy(at)
        }}
      >
        <time dateTime={at}>{text}</time>
      </UnstyledButton>
      {hint}
    </>
  )
}

const two = (value: number): string => String(value).padStart(2, '0')

/** `2026-11-21 02:00:00 UTC` */
export function utcWords(at: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** `21 Nov 02:00 UTC`, with the year where it is another one. */
export function momentWords(at: string, nowMs: number): string {
  const date = new Date(at)
  const year = date.getUTCFullYear() === new Date(nowMs).getUTCFullYear() ? '' : ` ${date.getUTCFullYear()}`
  return `${dayWords(date)}${year} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`
}
