import { Button, CopyButton, UnstyledButton } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import type { Failure } from '../../shared/domain/failure.ts'
import * as Icon from './icons.tsx'
import { Glyph } from './status.tsx'
import s from './error-panel.module.css'

interface Props {
  /** The sentence above; else the failure's own first part. */
  readonly title?: string
  readonly failure: Failure
  /** What can be done about it, the first as the one next step. */
  readonly actions?: ReactNode
  readonly onRetry?: (() => void) | undefined
}

/** What failed, its likely cause, what was not changed, what to do next; the raw detail is folded and can be copied. */
export function ErrorPanel({ title, failure, actions, onRetry }: Props) {
  const [isOpen, setOpen] = useState(false)
  const raw = failureText(failure)
  return (
    <section className={s['panel']} role="alert">
      <header>
        <Glyph tone="bad" size={18} />
        <h2>{title ?? failure.what}</h2>
      </header>
      <dl>
        {title !== undefined && <Part name="What failed">{failure.what}</Part>}
        {failure.why !== undefined && <Part name="Likely cause">{failure.why}</Part>}
        {failure.unchanged !== undefined && <Part name="Not changed">{failure.unchanged}</Part>}
        {(failure.next !== undefined || actions !== undefined || onRetry !== undefined) && (
          <Part name="Next">
            {failure.next}
            {(actions !== undefined || onRetry !== undefined) && (
              <div className={s['next']}>
                {actions}
                {onRetry && <Button onClick={onRetry}>Try again</Button>}
              </div>
            )}
          </Part>
        )}
      </dl>
      <div className={s['detail']}>
        <div className={s['bar']}>
          <UnstyledButton className={s['copy']} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? <Icon.ChevronDown size={13} /> : <Icon.ChevronRight size={13} />} Detail
          </UnstyledButton>
          <span>{failure.incident === undefined ? failure.code : `incident ${failure.incident}`}</span>
          <CopyButton value={raw} timeout={1200}>
            {({ copied, copy }) => (
              <UnstyledButton className={s['copy']} onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </UnstyledButton>
            )}
          </CopyButton>
        </div>
        {isOpen && <pre>{raw}</pre>}
      </div>
    </section>
  )
}

/** The same order in one line of a page. */
export function ErrorLine({ failure, action }: { readonly failure: Failure; readonly action?: ReactNode }) {
  const rest = [failure.why, failure.unchanged, failure.next].filter((part) => part !== undefined).join(' ')
  return (
    <div className={s['inline']} role="alert">
      <Glyph tone="bad" size={14} />
      <div>
        <p>
          <b>{failure.what}</b> {rest}
        </p>
        <p className={s['dim']}>
          <code>{failure.code}</code>
          {failure.incident !== undefined && <> incident {failure.incident}</>}
        </p>
      </div>
      {action}
    </div>
  )
}

function Part({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** All that is known of a failure, as text. */
export function failureText(failure: Failure): string {
  const parts: readonly (readonly [string, string | undefined])[] = [
    ['code', failure.code],
    ['incident', failure.incident],
    ['what failed', failure.what],
    ['likely cause', failure.why],
    ['not changed', failure.unchanged],
    ['next', failure.next],
  ]
  return parts
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => `${name.padEnd(13)}${text ?? ''}`)
    .join('\n')
}
