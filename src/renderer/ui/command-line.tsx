import { CopyButton, UnstyledButton } from '@mantine/core'
import * as Icon from './icons.tsx'
import { Printable } from './printable.tsx'
import s from './command-line.module.css'

interface Props {
  /** As a shell takes it; line breaks in it stand for continued lines. */
  readonly command: string
  readonly label?: string
  /** Some way below what stands above it, where the place itself leaves none. */
  readonly apart?: boolean
}

/** A line ends between two words, and not behind a hyphen of `--option`. */
function Words({ of }: { readonly of: string }) {
  return of.split(/(\s+)/).map((part, at) =>
    // Every second part is what stands between two words.
    at % 2 === 1 ? (
      part
    ) : (
      <span key={at} className={s['word']}>
        <Printable text={part} />
      </span>
    ),
  )
}

/** The same work on the command line, to be copied. */
export function CommandLine({ command, label = 'Same on the command line', apart = false }: Props) {
  return (
    <figure className={s['cli']} data-apart={apart || undefined}>
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
          <Words of={command} />
        </span>
      </pre>
    </figure>
  )
}
