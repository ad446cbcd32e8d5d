import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { isMeant } from './pattern-list.ts'

/** What is known of one host's key. */
type HostKeyVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'unknown' }
  /** Other keys are known for this host, by their fingerprints. */
  | { readonly kind: 'changed'; readonly known: readonly string[] }
  | { readonly kind: 'revoked' }

/** Which host keys are believed. There is no policy that believes any. */
export interface HostKeyPolicy {
  judge(host: string, port: number, key: Uint8Array): HostKeyVerdict
  /** Types of the keys known for a host (`ssh-ed25519`, …): offered first, so that another type means another key. */
  knownTypes(host: string, port: number): readonly string[]
}

/** As `ssh-keygen -l` shows it: `SHA256:` and base64 without padding. */
export function fingerprintOf(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

interface KnownLine {
  readonly matches: (name: string) => boolean
  readonly type: string
  readonly key: Uint8Array
  readonly isRevoked: boolean
}

/**
 * The policy of a `known_hosts` text (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): plain, wildcard, negated and hashed
 * names, `[host]:port`, `@revoked`. Lines that cannot be read are passed over, as ssh does; so are certificate
 * authorities, whose certificates are not understood here. A key whose fingerprint was accepted explicitly is believed
 * for any host that this policy is asked about, but for a revoked one; where one was accepted, any other key is a changed one.
 */
export function knownHosts(text: string, acceptedFingerprint: string | null = null): HostKeyPolicy {
  const lines = text.split(/\r?\n/).flatMap((line) => parseLine(line) ?? [])
  const linesOf = (host: string, port: number): readonly KnownLine[] => {
    const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`
    return lines.filter((line) => line.matches(name))
  }
  return {
    judge(host, port, key) {
      const known = linesOf(host, port)
      if (known.some((line) => line.isRevoked && equal(line.key, key))) return { kind: 'revoked' }
      const valid = known.filter((line) => !line.isRevoked)
      if (acceptedFingerprint !== null && fingerprintOf(key) === acceptedFingerprint)
        return { kind: 'accepted' }
      if (valid.some((line) => equal(line.key, key))) return { kind: 'accepted' }
      const fingerprints = valid.map((line) => fingerprintOf(line.key))
      const vouchedFor = acceptedFingerprint === null ? fingerprints : [acceptedFingerprint, ...fingerprints]
      return vouchedFor.length === 0
        ? { kind: 'unknown' }
        : { kind: 'changed', known: [...new Set(vouchedFor)] }
    },
    knownTypes: (host, port) => [
      ...new Set(linesOf(host, port).flatMap((line) => (line.isRevoked ? [] : [line.type]))),
    ],
  }
}

/** The policy of several `known_hosts` files together; one that is not there holds nothing. */
export async function readKnownHosts(
  files: readonly string[],
  acceptedFingerprint: string | null = null,
): Promise<HostKeyPolicy> {
  const texts = await Promise.all(files.map(readIfThere))
  return knownHosts(texts.join('\n'), acceptedFingerprint)
}

/** Where ssh itself looks where its configuration names no other files. */
const systemFile = '/etc/ssh/ssh_known_hosts'

/**
 * The policy for each host on a way: the files that `~/.ssh/config` names for it, else `~/.ssh/known_hosts`, and the
 * system's. The fingerprint that was accepted is one of the host at the end of the way, and vouches for no other.
 */
export type HostKeys = (hop: {
  readonly knownHostsFiles: readonly string[] | null
  readonly isEnd: boolean
}) => Promise<HostKeyPolicy>

export function knownHostsOf(sshFolder: string, acceptedFingerprint: string | null): HostKeys {
  return async ({ knownHostsFiles, isEnd }) =>
    readKnownHosts(
      [...(knownHostsFiles ?? [join(sshFolder, 'known_hosts')]), systemFile],
      isEnd ? acceptedFingerprint : null,
    )
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw new HoldfastError(
      'host.unknownKey',
      { what: `The file of known hosts ${file} could not be read.`, next: 'Check its permissions.' },
      { cause: error },
    )
  }
}

function parseLine(line: string): KnownLine | null {
  const words = line.trim().split(/\s+/)
  const marker = words[0]?.startsWith('@') === true ? words.shift() : undefined
  const [names, type, base64] = words
  if (names === undefined || names.startsWith('#') || type === undefined || base64 === undefined) return null
  if (marker !== undefined && marker !== '@revoked') return null
  const key = Buffer.from(base64, 'base64')
  if (typeInside(key) !== type) return null
  return { matches: nameMatcher(names), type, key, isRevoked: marker === '@revoked' }
}

/** A public key begins with its own type (RFC 4253, 6.6). */
function typeInside(key: Buffer): string | null {
  if (key.length < 4) return null
  const length = key.readUInt32BE(0)
  return length <= key.length - 4 ? key.toString('latin1', 4, 4 + length) : null
}

function nameMatcher(names: string): (name: string) => boolean {
  const hashed = /^\|1\|([^|]+)\|([^|]+)$/.exec(names)
  if (hashed !== null) {
    const [, salt = '', hash = ''] = hashed
    const wanted = Buffer.from(hash, 'base64')
    return (name) => equal(createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest(), wanted)
  }
  const patterns = names.toLowerCase().split(',')
  return (name) => isMeant(patterns, name)
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}
