import { useClipboard } from '@mantine/hooks'
import { UnstyledButton } from '@mantine/core'
import { printable } from '../../shared/domain/printable.ts'
import { useHint } from './hint.tsx'
import type { Tone } from './status.tsx'
import s from './hash.module.css'

/** Groups of four, as people compare them. */
export function hashGroups(hash: string): string {
  return hash.match(/.{1,4}/g)?.join(' ') ?? hash
}

/** A sentence whose hashes are told by their first eight digits, which suffice to compare two. */
export function withShortHashes(sentence: string): string {
  return sentence.replace(/\b[0-9a-f]{64}\b/g, (hash) => hashGroups(hash.slice(0, 8)).replace(' ', '\u00a0'))
}

interface HashProps {
  readonly value: string
  readonly show?: number
  readonly tone?: Tone
}

/** Its first eight digits; all of them on hover, and a press copies them. What is recorded as a hash may be any text. */
export function Hash({ value, show = 8, tone }: HashProps) {
  const { copied, copy } = useClipboard({ timeout: 1200 })
  const text = printable(value)
  const { target, hint } = useHint(
    <span className={s['hashFull']}>{copied ? 'Copied' : hashGroups(text)}</span>,
  )
  return (
    <>
      <UnstyledButton
        {...target}
        className={s['hash']}
        data-tone={tone}
        aria-label={`${hashGroups(text.slice(0, show))}, copy all of it`}
        onClick={(event) => {
          event.stopPropagation()
          copy(value)
        }}
      >
        {hashGroups(text.slice(0, show))}
      </UnstyledButton>
      {hint}
    </>
  )
}

/** The part of an id that people read, and the random part that tells two apart: dimmed, never cut. */
export function BackupId({ id, dim = false }: { readonly id: string; readonly dim?: boolean }) {
  const text = printable(id)
  const cut = text.lastIndexOf('-')
  return (
    <span className={s['bid']} data-dim={dim || undefined}>
      {cut > 0 ? text.slice(0, cut) : text}
      {cut > 0 && <span>{text.slice(cut)}</span>}
    </span>
  )
}
