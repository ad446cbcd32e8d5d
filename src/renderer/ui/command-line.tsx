import { CopyButton, UnstyledButton } from '@mantine/core'
import * as Icon from './icons.tsx'
import { Printable } from './printable.tsx'
import s from './command-line.module.css'

interface Props {
  /** As a shell takes it; line breaks in it stand for continued lines. */
  readonly command: string
  readonly label?: string
}

/** The same work on the command line, to be copied. */
export function CommandLine({ command, label = 'Same on the command line' }: Props) {
  return (
    <figure className={s['cli']}>
      <figcaption>
        <Icon.Terminal size={14} /> {label}
        <CopyButton value={command} timeout={1200}>
          {({ copied, copy }) => (
            <UnstyledButton className={s['cliCopy']} onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </UnstyledButton>
          )}
        </CopyButton>
      </figcaption>
      <pre>
        <span data-first>
          <Printable text={command} />
        </span>
      </pre>
    </figure>
  )
}
