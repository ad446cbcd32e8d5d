import { HoldfastError } from '../../../shared/domain/error.ts'
import type { CommandEnd, HostCommand, RemoteHost, RunningCommand } from '../../ports/remote-host.ts'
import { asTargetError, refused } from '../target-rules/target-error.ts'
import { scriptEnds } from './prelude.ts'

/** Long enough for the largest store, and within what a timer can count. */
export const longestWorkMs = 14 * 24 * 3600 * 1000
/** For what takes a moment; a disk that is busy writing out gigabytes may hold it up. */
const shortWorkMs = 10 * 60 * 1000

export interface ScriptOptions {
  readonly stdin?: AsyncIterable<Uint8Array>
  readonly stdinTellsItsEnd?: boolean
  readonly signal?: AbortSignal | undefined
  readonly isLong?: boolean
}

/** Runs scripts on one host, as one user; see `prelude` for what they rest on. */
export interface RemoteShell {
  /** The fields that the script says, each ended by NUL; null where what it asks for is missing. */
  ask(script: string, args: readonly string[], options?: ScriptOptions): Promise<readonly string[] | null>
  start(script: string, args: readonly string[], options?: ScriptOptions): Promise<RunningCommand>
  /** Throws what such an end means; `missing` is none. */
  check(end: CommandEnd): void
}

export function remoteShell(
  host: RemoteHost,
  { asUser, name }: { readonly asUser: string | null; /** For messages. */ readonly name: string },
): RemoteShell {
  const commandOf = (script: string, args: readonly string[], options: ScriptOptions): HostCommand => ({
    argv: ['/bin/sh', '-c', script, 'sh', ...args],
    ...(asUser === null ? {} : { asUser }),
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    stdinTellsItsEnd: options.stdinTellsItsEnd ?? false,
    deadlineMs: options.isLong === true ? longestWorkMs : shortWorkMs,
  })
  const check = (end: CommandEnd): void => {
    const error = failureOf(end, name)
    if (error !== null) throw error
  }
  return {
    check,
    start: async (script, args, options = {}) => host.start(commandOf(script, args, options), options.signal),
    async ask(script, args, options = {}) {
      const output = await host.run(commandOf(script, args, options), options.signal)
      check(output)
      return output.code === scriptEnds.missing ? null : fieldsOf(output.stdout)
    },
  }
}

export function fieldsOf(text: string): readonly string[] {
  return text.split('\0').slice(0, -1)
}

function failureOf({ code, signal, stderr }: CommandEnd, name: string): HoldfastError | null {
  const { swapped, missing, unlocked, standing, strange, apart } = scriptEnds
  switch (code) {
    case 0:
    case missing:
      return null
    case swapped:
      return refused(`${name} cannot be used.`, 'It is gone, or it was swapped for something else meanwhile.')
    case unlocked:
      return new HoldfastError('host.lost', {
        what: `The lock of ${name} is lost.`,
        why: 'Nothing was heard from this side for too long, or somebody ended the process that holds it.',
        unchanged: 'What was asked for last was not done.',
        next: 'Start the restore or the rollback anew: it first brings the target to its old or its new state.',
      })
    case standing:
      return refused(
        `${name} cannot be written.`,
        'Something stands there already; nothing is ever replaced.',
      )
    case strange:
      return refused(
        `${name} cannot be worked on.`,
        'It is neither a file nor a folder, or has a second name elsewhere.',
      )
    case apart:
      return refused(
        `${name} cannot be used.`,
        'Its .holdfast folder, or what stands there, is a mount of its own, so nothing can be renamed between them.',
      )
    case null:
    default:
      return saidBy(signal === null ? stderr : `It was ended by ${signal}. ${stderr}`, name)
  }
}

const systemWords: readonly (readonly [string, string])[] = [
  ['No space left on device', 'ENOSPC'],
  ['Disk quota exceeded', 'EDQUOT'],
  ['Read-only file system', 'EROFS'],
  ['Permission denied', 'EACCES'],
  ['Operation not permitted', 'EPERM'],
  ['Too many levels of symbolic links', 'ELOOP'],
  ['Not a directory', 'ENOTDIR'],
  ['File exists', 'EEXIST'],
  ['Directory not empty', 'ENOTEMPTY'],
  ['Device or resource busy', 'EBUSY'],
  ['Invalid cross-device link', 'EXDEV'],
]

/** What a program of the host said, in its own words (they are the C library's, strerror(3), with LC_ALL=C). */
export function saidBy(text: string, name: string): HoldfastError {
  const found = systemWords.find(([words]) => text.includes(words))
  if (found !== undefined) return asTargetError(Object.assign(new Error(text), { code: found[1] }), name)
  // What tar says of a write that was cut short, before it tries the rest and hears why.
  if (text.includes(': Wrote only ')) {
    return new HoldfastError('target.full', {
      what: `${name} could not be written.`,
      why: 'The file system is full, or the disk quota is used up.',
      next: 'Make room, then try again.',
    })
  }
  const said = text.replace(/\s+/g, ' ').trim().slice(-300)
  return new HoldfastError('restore.failed', {
    what: `${name} could not be worked on.`,
    why: said === '' ? 'The host ended the work without a word.' : `The host says: ${said}`,
  })
}
