import { commandLine } from '../../../shared/domain/command-line.ts'

/** Commands as an operator would type them: what a step does, told so that it can be done without this console. */

/** One word as a POSIX shell reads it; plain words stay as they are. */
export function word(text: string): string {
  return commandLine([text])
}

/** A command whose values are words, or parts of one, whatever is in them; of a list each one is a word. */
export function sh(parts: TemplateStringsArray, ...values: readonly (string | readonly string[])[]): string {
  const words = values.map((value) => (typeof value === 'string' ? word(value) : commandLine(value)))
  return String.raw({ raw: parts }, ...words)
}

/** A request with the bearer token `$TOKEN`, which curl gets from standard input: an argument shows in `ps`. */
export function curlWithToken(...args: readonly string[]): string {
  return `printf 'header = "Authorization: Bearer %s"\\n' "$TOKEN" | curl --config - ${commandLine(args)}`
}

/** `ssh HOST -- sudo -n -u USER COMMAND`, without sudo where nobody else is to be. */
export function overSsh(address: string, user: string | undefined, command: readonly string[]): string {
  const [host = address, port] = address.split(/:(?=\d+$)/)
  // The shell of the host reads it once more.
  const there = [...(user === undefined ? [] : ['sudo', '-n', '-u', user]), ...command].map(word)
  return commandLine(['ssh', ...(port === undefined ? [] : ['-p', port]), host, '--', ...there])
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
