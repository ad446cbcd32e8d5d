import { HoldfastError } from './error.ts'

/**
 * Where a restore goes to: an absolute path of this machine, or a folder of a host that is logged in to over SSH, as
 * `ssh://USER@HOST:PORT/FOLDER`. User and port may be left out; HOST may be a name of `~/.ssh/config`. `ssh+sudo://…`:
 * what is done there is done as root, through sudo. The folder stands as it is, nothing in it is encoded.
 */
export type TargetAddress = { readonly kind: 'local'; readonly dir: string } | SshTargetAddress

export interface SshTargetAddress {
  readonly kind: 'ssh'
  /** What a login takes: `user@host:port`, without the usual port. */
  readonly login: string
  readonly asRoot: boolean
  readonly dir: string
}

/** Throws `target.refused`. */
export function parseTarget(text: string): TargetAddress {
  if (text.includes('\0')) throw bad(text)
  if (text.startsWith('/')) return { kind: 'local', dir: text }
  const found = /^ssh(\+sudo)?:\/\/([^/\s?#]+)(\/.*)$/s.exec(text)
  const [, sudo, authority = '', dir = ''] = found ?? []
  // A password is never part of an address; "user:password@host" would be kept in the open.
  const isLogin = /^(?:[^@:]+@)?(?:\[[0-9A-Fa-f:.]+\]|[^@:[\]-][^@:[\]]*)(?::\d{1,5})?$/.test(authority)
  if (found === null || !isLogin) throw bad(text)
  return { kind: 'ssh', login: authority.replace(/:22$/, ''), asRoot: sudo !== undefined, dir }
}

/** What stands before the folder in the canonical text of a target on a host. */
export function targetBase({ login, asRoot }: SshTargetAddress): string {
  return `${asRoot ? 'ssh+sudo' : 'ssh'}://${login}`
}

/** Null where the text is one. */
export function targetFaultOf(text: string): string | null {
  try {
    parseTarget(text)
    return null
  } catch {
    return 'Write a path from the root, /srv/restore, or ssh://user@host/srv/restore.'
  }
}

function bad(text: string): HoldfastError {
  const shown = text.replace(/:\/\/.*@/s, '://…@')
  return new HoldfastError('target.refused', {
    what: `${JSON.stringify(shown)} is no folder of this machine, written from the root, and none of a host.`,
    unchanged: 'Nothing was changed.',
    next: 'Give an absolute path, such as /srv/restore, or ssh://user@host/srv/restore (ssh+sudo:// to work there as root).',
  })
}
