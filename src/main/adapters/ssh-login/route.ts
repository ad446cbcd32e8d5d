import { join } from 'node:path'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { ClientConfig, Settings } from './client-config.ts'

/** A host as somebody wrote it. */
export interface SshAddress {
  readonly user: string | null
  /** A name, an address, or a name of `~/.ssh/config`. */
  readonly host: string
  readonly port: number | null
}

/** One host on the way to another one, with all that is needed to log in to it. */
export interface Hop {
  /** As it was written, for messages. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly user: string
  /** Under which its key is known; its port counts only where it has no alias. */
  readonly knownAs: { readonly host: string; readonly port: number }
  /** Null: the usual ones. */
  readonly knownHostsFiles: readonly string[] | null
  /** Null: none are named. */
  readonly identityFiles: readonly string[] | null
  readonly identitiesOnly: boolean
}

export interface RouteOptions {
  readonly config: ClientConfig
  readonly home: string
  readonly localUser: string
}

/** ssh(1) has no limit; a longer way is a circle. */
const longestRoute = 8

/** The hosts to go through, the last of which is the one asked for. Throws `host.unreachable`. */
export function routeTo(address: SshAddress, options: RouteOptions): readonly Hop[] {
  return hopsTo(address, null, options, 1)
}

/** `user@host`, `host:port`, `user@[address]:port` or `ssh://…`. Throws `host.unreachable`. */
export function parseSshAddress(text: string): SshAddress {
  const found = /^(?:ssh:\/\/)?(?:([^@\s]+)@)?(?:\[([^\]\s]+)\]|([^@:\s/[\]]+))(?::(\d{1,5}))?$/.exec(text)
  const [, user = null, bracketed, plain = '', portText] = found ?? []
  const host = bracketed ?? plain
  const port = portText === undefined ? null : Number(portText)
  // A dash in front would be an option to every program that gets the name as an argument.
  const isBad = /^-|[\u0000-\u001f]/.test(host) || user?.startsWith('-') === true
  if (found === null || isBad || port === 0 || (port !== null && port > 65_535)) {
    throw new HoldfastError('host.unreachable', {
      what: `${JSON.stringify(text)} is no address of an SSH host.`,
      next: 'Write user@host, host:port, or a name of ~/.ssh/config.',
    })
  }
  return { user, host, port }
}

/** `user@host:port`, as `parseSshAddress` takes it. */
export function writtenAddress({ user, host, port }: SshAddress): string {
  const at = host.includes(':') ? `[${host}]` : host
  return `${user === null ? '' : `${user}@`}${at}${port === null ? '' : `:${port}`}`
}

function hopsTo(
  address: SshAddress,
  through: readonly SshAddress[] | null,
  options: RouteOptions,
  depth: number,
): readonly Hop[] {
  const settings = options.config.settingsOf(address.host, address.user)
  const command = settings.get('proxycommand')
  if (through === null && command !== undefined && command[0]?.toLowerCase() !== 'none') {
    throw new HoldfastError('host.unreachable', {
      what: `The host ${address.host} is reached by a ProxyCommand, which is not run.`,
      why: 'A configuration file must not name programs that this one starts.',
      unchanged: 'Nothing was sent.',
      next: 'Write ProxyJump for it in ~/.ssh/config.',
    })
  }
  const jumps = through ?? jumpsOf(settings)
  const last = jumps.at(-1)
  if (depth > longestRoute) {
    throw new HoldfastError('host.unreachable', {
      what: `The way to the host ${address.host} has more than ${longestRoute} hosts.`,
      why: 'The ProxyJump lines of ~/.ssh/config lead in a circle.',
    })
  }
  const hop = hopOf(address, settings, options)
  if (last === undefined) return [hop]
  // Hosts before the last jump are the way to it; where there is none, its own configuration says.
  const before = jumps.slice(0, -1)
  return [...hopsTo(last, before.length > 0 ? before : null, options, depth + 1), hop]
}

function jumpsOf(settings: Settings): readonly SshAddress[] {
  const text = (settings.get('proxyjump') ?? []).join(',')
  if (text === '' || text.toLowerCase() === 'none') return []
  return text.split(',').map((jump) => parseSshAddress(jump.trim()))
}

function hopOf(address: SshAddress, settings: Settings, { home, localUser }: RouteOptions): Hop {
  const first = (name: string): string | null => settings.get(name)?.[0] ?? null
  const user = address.user ?? first('user') ?? localUser
  const host = (first('hostname') ?? address.host).replace(/%([%h])/g, (_, token: string) =>
    token === 'h' ? address.host : '%',
  )
  const port = address.port ?? portOf(first('port'), address.host)
  const alias = first('hostkeyalias')
  const path = (text: string): string => expand(text, { d: home, h: host, u: localUser, r: user }, home)
  const files = (name: string): readonly string[] | null => {
    const named = settings.get(name)
    return named === undefined ? null : named.filter((word) => word.toLowerCase() !== 'none').map(path)
  }
  const knownHostsFiles = (settings.get('userknownhostsfile') ?? []).flatMap((word) => word.split(/\s+/))
  return {
    name: address.host,
    host,
    port,
    user,
    knownAs: alias === null ? { host, port } : { host: alias, port: 22 },
    knownHostsFiles:
      knownHostsFiles.length === 0
        ? null
        : knownHostsFiles.filter((word) => word.toLowerCase() !== 'none').map(path),
    identityFiles: files('identityfile'),
    identitiesOnly: first('identitiesonly')?.toLowerCase() === 'yes',
  }
}

function portOf(text: string | null, name: string): number {
  if (text === null) return 22
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return port
  throw new HoldfastError('host.unreachable', {
    what: `The host ${name} has no usable port in ~/.ssh/config.`,
    next: 'Correct its Port.',
  })
}

/** The tokens of ssh_config(5) that a path of a key or of known hosts usually has. */
function expand(text: string, tokens: Readonly<Record<string, string>>, home: string): string {
  const full = text.startsWith('~/') ? join(home, text.slice(2)) : text
  return full.replace(/%(.)/g, (whole, token: string) => (token === '%' ? '%' : (tokens[token] ?? whole)))
}
