import type { Stats } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { commandLine } from '../../../shared/domain/command-line.ts'
import type { HoldfastError } from '../../../shared/domain/error.ts'
import { Folder, isSame } from './folder.ts'
import { systemFolders } from '../target-rules/system-folders.ts'
import { refused, unlessMissing } from '../target-rules/target-error.ts'

export interface PlaceRules {
  /** Home folders that are never targets themselves. */
  readonly homes: readonly string[]
  /** The folder that the backup is read from, where it lies on this machine. */
  readonly repositoryFolder: string | null
  readonly byDescriptor: boolean
}

/** The folder above a target, open and safe, and the target's own name in it. */
export interface CheckedPlace {
  readonly parent: Folder
  readonly name: string
  /** Absolute, links resolved. */
  readonly path: string
}

/**
 * Opens the way to a target that may be written at all, or throws `target.refused` with the reason. The parents' links
 * are resolved once; from then on each folder on the way is opened in the one before, never through a link. The caller
 * closes `parent`.
 */
export async function openPlace(dir: string, rules: PlaceRules): Promise<CheckedPlace> {
  if (!isAbsolute(dir) || dir.includes('\0')) throw refuse(dir, 'It is not an absolute path.')
  const plain = resolve(dir)
  if (plain === '/') throw refuse(dir, 'It is a folder of the system.')
  const parentPath = await unlessMissing(realpath(dirname(plain)))
  if (parentPath === null) {
    throw refuse(dir, `The folder above it, ${dirname(plain)}, does not exist.`, 'Make it first.')
  }
  const name = basename(plain)
  const path = join(parentPath, name)
  const parent = await walk(parentPath, rules.byDescriptor)
  try {
    const standing = await unlessMissing(parent.lstat(name))
    if (systemFolders.includes(path)) throw refuse(dir, 'It is a folder of the system.')
    if (standing !== null) await refuseStanding(dir, path, standing, parent, rules)
    if (rules.repositoryFolder !== null) await refuseOverlap(dir, path, standing, rules.repositoryFolder)
    return { parent, name, path }
  } catch (error) {
    await parent.close()
    throw error
  }
}

/** Opens folder after folder from the root; refuses where anybody could swap one of them. */
async function walk(path: string, byDescriptor: boolean): Promise<Folder> {
  let here = await Folder.root(byDescriptor)
  for (const part of path.split('/').filter((each) => each !== '')) {
    try {
      refuseOpenToAll(here.path, here.stats)
      const next = await here.folder(part, 'walk')
      await here.close()
      here = next
    } catch (error) {
      await here.close()
      throw error
    }
  }
  try {
    refuseOpenToAll(here.path, here.stats)
    return here
  } catch (error) {
    await here.close()
    throw error
  }
}

/** A folder that anybody may write lets anybody rename what is in it; the sticky bit forbids that (POSIX S_ISVTX). */
function refuseOpenToAll(path: string, stats: Stats): void {
  if ((stats.mode & 0o002) === 0 || (stats.mode & 0o1000) !== 0) return
  throw refuse(
    path,
    'Every user of this machine may write to it and rename what is in it.',
    `Take that right away (${commandLine(['chmod', 'o-w', path])}) or choose another target.`,
  )
}

async function refuseStanding(
  dir: string,
  path: string,
  standing: Stats,
  parent: Folder,
  rules: PlaceRules,
): Promise<void> {
  if (standing.isSymbolicLink()) throw refuse(dir, 'It is a link.', 'Name the folder that it leads to.')
  if (!standing.isDirectory()) throw refuse(dir, 'It is not a folder.')
  for (const folder of [...systemFolders, ...rules.homes]) {
    // By identity, so that neither a link in the list (/bin) nor a second mount of the same folder slips through.
    const known = await unlessMissing(stat(folder).catch(() => null))
    if (known === null || !isSame(known, standing)) continue
    throw refuse(dir, rules.homes.includes(folder) ? 'It is a home folder.' : 'It is a folder of the system.')
  }
  refuseUnsafe(path, standing, parent.stats)
}

/** What a target has to be each time it is opened: not open to all, and not put there by a stranger. */
export function refuseUnsafe(path: string, standing: Stats, above: Stats): void {
  refuseOpenToAll(path, standing)
  const self = process.geteuid?.() ?? standing.uid
  if ((above.mode & 0o002) !== 0 && standing.uid !== 0 && standing.uid !== self) {
    throw refuse(path, 'Another user made it in a folder where every user can make folders.')
  }
}

async function refuseOverlap(
  dir: string,
  path: string,
  standing: Stats | null,
  repositoryFolder: string,
): Promise<void> {
  const repository = await unlessMissing(realpath(repositoryFolder))
  if (repository === null) return
  const why = 'It and the repository that the backup is read from lie one inside the other.'
  const inside = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}/`)
  if (inside(path, repository) || inside(repository, path)) throw refuse(dir, why)
  const repositoryStats = await stat(repository)
  if (standing !== null && (await isOnTheWay(standing, repository))) throw refuse(dir, why)
  if (await isOnTheWay(repositoryStats, dirname(path))) throw refuse(dir, why)
}

/** By identity, so that a second mount of the same folder counts as the folder. */
async function isOnTheWay(folder: Stats, path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    const stats = await unlessMissing(stat(at))
    if (stats !== null && isSame(stats, folder)) return true
    if (at === dirname(at)) return false
  }
}

function refuse(dir: string, why: string, next?: string): HoldfastError {
  return refused(`${dir} cannot be a restore target.`, why, next ?? 'Choose another folder.')
}
