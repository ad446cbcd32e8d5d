/**
 * A command for `sh`, which parses it back to exactly these arguments, also where it is pasted into a terminal. There a control
 * character acts before the shell has read it, quoted or not (Ctrl-C ends the line, and what follows is a command of its own):
 * such a character is made by `printf`.
 */
export function commandLine(args: readonly string[]): string {
  return args.map(word).join(' ')
}

function word(arg: string): string {
  if (arg === '') return "''"
  // Every second part is what acts. A line feed does not, within quotes.
  return arg
    .split(/((?:[^\P{Cc}\n]|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb])+)/u)
    .map((part, at) => (at % 2 === 1 ? made(part) : quoted(part)))
    .join('')
}

function quoted(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

function made(text: string): string {
  const octal = Array.from(new TextEncoder().encode(text), (byte) => `\\${byte.toString(8).padStart(3, '0')}`)
  return `"$(printf '${octal.join('')}')"`
}

/** Names as the last arguments: whoever gives a backup or a cluster its name must not make an option of it. */
export function namesLast(names: readonly string[]): readonly string[] {
  return hasOption(names) ? ['--', ...names] : names
}

/** The names before the options, as one types them; behind them where a name could be taken for one. */
export function withNames(names: readonly string[], options: readonly string[]): readonly string[] {
  return hasOption(names) ? [...options, ...namesLast(names)] : [...names, ...options]
}

function hasOption(names: readonly string[]): boolean {
  return names.some((name) => name.startsWith('-'))
}
