import type { ReactNode } from 'react'
import { printable } from '../../../shared/domain/printable.ts'
import { Button, CopyButton } from '../../ui/kit.ts'
import { Glyph } from '../../ui/status.tsx'
import s from './access.module.css'

interface Props {
  readonly fingerprint: string
  /** Which host it is, and what was done so far. */
  readonly note: string
  /** What can be decided. */
  readonly children: ReactNode
}

/** An unknown host is a question, not an error: its fingerprint, and how it is compared. */
export function HostQuestion({ fingerprint, note, children }: Props) {
  return (
    <div className={s['ask']} role="group" aria-label="Unknown host key">
      <p>
        <Glyph tone="unknown" decorative /> <b>This computer does not know the host.</b>
      </p>
      <p>Compare this with what the server’s owner tells you, then decide.</p>
      <code>{fingerprint.replace('SHA256:', 'SHA256 ').replace(/(.{4})(?=.)/g, '$1\u200b')}</code>
      <div>
        {children}
        <CopyButton value={fingerprint}>
          {({ copied, copy }) => (
            <Button size="xs" variant="subtle" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </div>
      <p className={s['note']}>{printable(note)}</p>
    </div>
  )
}
