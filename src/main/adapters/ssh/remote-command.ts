import { Buffer } from 'node:buffer'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { HostCommand } from '../../ports/remote-host.ts'
import type { Random } from '../../ports/random.ts'
import { remoteScript } from './remote-script.ts'
import { shellWord } from './shell-word.ts'

/** A command in the words in which it goes over the wire. */
export interface RemoteCommand {
  /** For the login shell of the host. */
  readonly line: string
  /** What both outputs say once the command's own output begins; a line of its own. */
  readonly mark: string
  /** What sudo asks for the password with; null: without sudo. */
  readonly prompt: string | null
  /** To send when the mark was seen; empty: none. */
  readonly secrets: string
}

/** Linux takes at most 128 KiB as one argument (MAX_ARG_STRLEN), and sshd hands the whole line over as one. */
const longestLineBytes = 128 * 1024 - 1

/** Throws `usage` for what cannot be handed over as it is. */
export function remoteCommand(command: HostCommand, random: Random): RemoteCommand {
  const { argv, asUser, environment = {}, secretEnvironment = {} } = command
  const fresh = (): string => `holdfast-${Buffer.from(random.bytes(16)).toString('hex')}`
  const mark = fresh()
  const prompt = asUser === undefined ? null : fresh()
  if (argv[0] === '' || argv[0].startsWith('-')) throw unfit('Its name is empty or begins with a dash.')
  if (asUser !== undefined && !/^[A-Za-z_][\w.@-]*\$?$/.test(asUser))
    throw unfit(`${JSON.stringify(asUser)} is no name of a user.`)
  const open = Object.entries(environment)
  const secret = Object.entries(secretEnvironment)
  for (const [name] of [...open, ...secret]) {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw unfit(`${JSON.stringify(name)} is no name of a variable.`)
  }
  for (const text of [...argv, ...[...open, ...secret].map(([, value]) => value)]) {
    if (text.includes('\0') || !text.isWellFormed())
      throw unfit('An argument or a variable holds NUL or half a character.')
  }
  const words = [
    ...(asUser === undefined || prompt === null
      ? []
      : ['sudo', '-S', '-p', prompt, '-H', '-u', asUser, '--']),
    '/bin/sh',
    '-c',
    remoteScript,
    'sh',
    mark,
    secret.length > 0 ? '1' : '0',
    dataWord(command),
    String(open.length),
    ...open.map(([name, value]) => `${name}=${value}`),
    ...argv,
  ]
  const line = `exec ${words.map(shellWord).join(' ')}`
  if (Buffer.byteLength(line) > longestLineBytes) throw unfit('Its arguments have more than 128 KiB.')
  const secrets = secret.map(([name, value]) => `=${name}=${value.replaceAll('\n', '\n+')}\n`)
  return { line, mark, prompt, secrets: secrets.length === 0 ? '' : `${secrets.join('')}.\n` }
}

function dataWord({ stdin, stdinTellsItsEnd = false }: HostCommand): string {
  if (stdin === undefined) return 'none'
  return stdinTellsItsEnd ? 'plain' : 'framed'
}

function unfit(why: string): HoldfastError {
  return new HoldfastError('usage', {
    what: 'The command cannot be run over SSH.',
    why,
    unchanged: 'Nothing was run.',
  })
}
