import type { CommanderError } from 'commander'
import { HoldfastError } from '../../shared/domain/error.ts'

/** Commander repeats the whole argument, and an argument can be a secret typed in the wrong place. */
export function usageError(error: CommanderError): HoldfastError {
  const what = error.message.replace(/^error: /, '').replace(/'(--?[A-Za-z-]+)=[^']*'/, "'$1'")
  return new HoldfastError('usage', {
    what: /unknown command/i.test(what)
      ? `There is no such command.${meant(what)}`
      : /excess|too many/i.test(what)
        ? 'There are more arguments than the command takes.'
        : `${what.charAt(0).toUpperCase()}${what.slice(1)}.`,
    next: 'See "holdfast --help", or "holdfast COMMAND --help".',
  })
}

/** Of commands that there are, so that nothing which was typed is in it. */
function meant(what: string): string {
  const [, names] = /\(Did you mean (?:one of )?([a-z-]+(?:, [a-z-]+)*)\?\)/.exec(what) ?? []
  return names === undefined ? '' : ` Did you mean "${names.replaceAll(', ', '" or "')}"?`
}
