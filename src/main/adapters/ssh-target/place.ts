import { commandLine } from '../../../shared/domain/command-line.ts'
import type { HoldfastError } from '../../../shared/domain/error.ts'
import type { Owner } from '../../../shared/domain/restore-plan.ts'
import type { ProcessIdentity } from '../files/process-identity.ts'
import { systemFolders } from '../target-rules/system-folders.ts'
import { refused } from '../target-rules/target-error.ts'
import { bookkeepingName } from './prelude.ts'
import { placeScript } from './look-scripts.ts'
import type { RemoteShell } from './remote-shell.ts'

/** What a host says of something that stands there, never following a link. */
export interface RemoteStat {
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  readonly owner: Owner
  readonly mode: number
  /** Device and inode. */
  readonly identity: string
}

/** The folder above a target, as it was when it was first looked at, and who works there. */
export interface RemotePlace {
  /** Absolute, links resolved. */
  readonly above: string
  readonly aboveStat: Pick<RemoteStat, 'identity' | 'mode'>
  readonly name: string
  readonly path: string
  readonly account: Owner
  readonly host: Omit<ProcessIdentity, 'pid' | 'startTicks'>
  /** The host's clock against this machine's. */
  readonly clockAheadMs: number
  /** False: a second name can be given to a file of somebody else's (proc/sys/fs/protected_hardlinks). */
  readonly protectsLinks: boolean
}

/**
 * Looks at a target's place on the host, or throws `target.refused` with the reason. `dir` is as it was typed; links above
 * the target are resolved once.
 */
export async function openPlace(
  dir: string,
  shell: RemoteShell,
  { now, address }: { readonly now: () => number; readonly address: string },
): Promise<RemotePlace> {
  const refuse = (why: string, next = 'Choose another folder.'): HoldfastError =>
    refused(`${address} cannot be a restore target.`, why, next)
  const parts = dir.split('/').filter((part) => part !== '')
  if (
    !dir.startsWith('/') ||
    /[\u0000-\u001f\u007f]/.test(dir) ||
    parts.includes('..') ||
    parts.includes('.')
  ) {
    throw refuse('It is not an absolute path of plain names.')
  }
  const name = parts.pop()
  if (name === undefined) throw refuse('It is a folder of the system.')
  const askedAt = now()
  const fields = await shell.ask(placeScript, [`/${parts.join('/')}`, name, ...systemFolders])
  const answeredAt = now()
  const facts = factsOf(fields ?? [])
  const lacks = facts.all('lacks')
  if (lacks.length > 0) {
    throw refuse(
      `The host lacks ${lacks.join(', ')}.`,
      'Install coreutils, findutils, tar, util-linux and perl there.',
    )
  }
  if (fields === null) {
    throw refuse(`The folder above it, /${parts.join('/')}, does not exist.`, 'Make it first.')
  }
  const [above = '', identity = ''] = facts.one('above', 2)
  const way = facts.all('way').map((each) => each.split(' '))
  const folders = ancestorsOf(above)
  for (const [place, [mode = '']] of way.entries()) {
    if (isOpenToAll(parseInt(mode, 8))) throw openToAll(folders[place] ?? above, refuse)
  }
  const path = above === '/' ? `/${name}` : `${above}/${name}`
  if (systemFolders.includes(path)) throw refuse('It is a folder of the system.')
  const [uid = '', gid = ''] = facts.one('account', 1)[0]?.split(' ') ?? []
  const [host = '', bootId = '', pidNamespace = ''] = facts.one('host', 3)
  const place: RemotePlace = {
    above,
    aboveStat: { identity, mode: parseInt(way[0]?.[0] ?? '', 8) },
    name,
    path,
    account: { uid: Number(uid), gid: Number(gid) },
    host: { host, bootId: bootId === '' ? null : bootId, pidNamespace },
    clockAheadMs: Number(facts.one('clock', 1)[0]) * 1000 - (askedAt + answeredAt) / 2,
    protectsLinks: facts.one('links', 1)[0] !== '0',
  }
  const standing = parseStat(facts.one('standing', 1)[0] ?? '')
  const homes = facts.pairs('home')
  if (above === '/home' || homes.some(([home]) => home === path)) throw refuse('It is a home folder.')
  if (standing === null) return place
  if (standing.kind === 'link') throw refuse('It is a link.', 'Name the folder that it leads to.')
  if (facts.all('system').includes(standing.identity)) throw refuse('It is a folder of the system.')
  if (homes.some(([, home]) => home === standing.identity)) throw refuse('It is a home folder.')
  refuseUnsafe(standing, place, address)
  return place
}

/** What a target has to be each time it is looked at: a folder, not open to all, and not put there by a stranger. */
export function refuseUnsafe(standing: RemoteStat, place: RemotePlace, address: string): void {
  const refuse = (why: string, next = 'Choose another folder.'): HoldfastError =>
    refused(`${address} cannot be a restore target.`, why, next)
  if (standing.kind !== 'folder') throw refuse('It is not a folder.')
  if (isOpenToAll(standing.mode)) throw openToAll(place.path, refuse)
  const isTrusted = standing.owner.uid === 0 || standing.owner.uid === place.account.uid
  if ((place.aboveStat.mode & 0o002) !== 0 && !isTrusted) {
    throw refuse('Another user made it in a folder where every user can make folders.')
  }
}

export function refuseShared(
  book: RemoteStat,
  target: RemoteStat,
  { account, protectsLinks, path }: RemotePlace,
): void {
  const isOwn = book.owner.uid === account.uid
  // Root goes on with what the owner of the target began, where the owner can give no foreign file a name in it.
  const isTrusted = isOwn || (account.uid === 0 && book.owner.uid === target.owner.uid && protectsLinks)
  const isBeside = book.identity.split(':')[0] === target.identity.split(':')[0]
  if (book.kind === 'folder' && isTrusted && (book.mode & 0o022) === 0 && isBeside) return
  throw refused(
    `${path}/${bookkeepingName} cannot be used.`,
    'It keeps the journal of restores, but it belongs to another user, others may write to it, or it is a link or a mount.',
    'Look at it, then move it away.',
  )
}

/** `%f %u %g %a %d:%i` of stat(1); null for nothing. */
export function parseStat(text: string): RemoteStat | null {
  const [raw = '', uid = '', gid = '', mode = '', identity = ''] = text.split(' ')
  if (identity === '') return null
  const kinds = { 4: 'folder', 8: 'file', a: 'link' } as const
  const type = (parseInt(raw, 16) >> 12).toString(16)
  const kind = type === '4' || type === '8' || type === 'a' ? kinds[type] : 'other'
  return { kind, owner: { uid: Number(uid), gid: Number(gid) }, mode: parseInt(mode, 8), identity }
}

/** A folder that anybody may write lets anybody rename what is in it; the sticky bit forbids that (POSIX S_ISVTX). */
function isOpenToAll(mode: number): boolean {
  return !((mode & 0o002) === 0 || (mode & 0o1000) !== 0)
}

function openToAll(path: string, refuse: (why: string, next: string) => HoldfastError): HoldfastError {
  return refuse(
    `Every user of the host may write to ${path} and rename what is in it.`,
    `Take that right away there (${commandLine(['chmod', 'o-w', path])}) or choose another target.`,
  )
}

/** The folder itself, then each above it. */
function ancestorsOf(path: string): readonly string[] {
  const folders: string[] = []
  for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) if (at !== '/') folders.push(at)
  return [...folders, '/']
}

interface Facts {
  all(key: string): readonly string[]
  pairs(key: string): readonly (readonly [string, string])[]
  one(key: string, count: number): readonly string[]
}

const lengths: Readonly<Record<string, number>> = { above: 2, host: 3, home: 2 }

/** Fields that come as a key and as many values as that key has. */
function factsOf(fields: readonly string[]): Facts {
  const found: { readonly key: string; readonly values: readonly string[] }[] = []
  for (let at = 0; at < fields.length;) {
    const key = fields[at] ?? ''
    const end = at + 1 + (lengths[key] ?? 1)
    found.push({ key, values: fields.slice(at + 1, end) })
    at = end
  }
  const of = (key: string): readonly (readonly string[])[] =>
    found.filter((each) => each.key === key).map(({ values }) => values)
  return {
    all: (key) => of(key).map(([value = '']) => value),
    pairs: (key) => of(key).map(([first = '', second = '']) => [first, second] as const),
    one: (key, count) => of(key)[0]?.slice(0, count) ?? [],
  }
}
