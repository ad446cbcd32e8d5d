/** A command for `sh`, which parses it back to exactly these arguments. */
export function commandLine(args: readonly string[]): string {
  return args
    .map((arg) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}

/** Names as the last arguments: whoever gives a backup or a cluster its name must not make an option of it. */
export function namesLast(names: readonly string[]): readonly string[] {
  return hasOption(names) ? ['--', ...names] : names
}

/** Whether one of them could be taken for an option. */
export function hasOption(names: readonly string[]): boolean {
  return names.some((name) => name.startsWith('-'))
}
