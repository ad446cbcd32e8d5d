/** Commands as an operator would type them: what a step does, told so that it can be done without this console. */

/** One word as a POSIX shell reads it; plain words stay as they are. */
export function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** `ssh HOST -- sudo -n -u USER COMMAND`, without sudo where nobody else is to be. */
export function overSsh(address: string, user: string | undefined, command: readonly string[]): string {
  const [host = address, port] = address.split(/:(?=\d+$)/)
  return [
    'ssh',
    ...(port === undefined ? [] : ['-p', port]),
    word(host),
    '--',
    ...(user === undefined ? [] : ['sudo', '-n', '-u', word(user)]),
    ...command.map((part) => word(word(part))),
  ].join(' ')
}

/**
 * A program with secrets in its environment, which it gets from standard input alone: an argument shows in `ps`, and a file
 * stays.
 */
export function keyRun(of: {
  readonly address: string
  readonly user: string | undefined
  readonly folder: string
  readonly secrets: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly argv: readonly string[]
}): string {
  const { address, user, folder, secrets, environment, argv } = of
  const script = [
    ...secrets.map((name) => `IFS= read -r ${name}`),
    ...(secrets.length > 0 ? [`export ${secrets.join(' ')}`] : []),
    ...Object.entries(environment).map(([name, value]) => `export ${name}=${word(value)}`),
    `cd ${word(folder)}`,
    `exec ${argv.map(word).join(' ')} </dev/null`,
  ].join('; ')
  const given = secrets.map((name) => `"$${name}"`).join(' ')
  return `${secrets.length > 0 ? `printf '%s\\n' ${given} | ` : ''}${overSsh(address, user, ['bash', '-c', script])}`
}
