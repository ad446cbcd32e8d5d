import { link, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isSame, type Folder } from './folder.ts'
import { refused, systemCode, unlessMissing } from '../target-rules/target-error.ts'

interface Spot {
  readonly folder: Folder
  readonly name: string
}

/** File systems without hard links, or a file that this account may rename but not link (proc/sys/fs/protected_hardlinks). */
const noLink: ReadonlySet<string | null> = new Set(['EPERM', 'EOPNOTSUPP', 'ENOTSUP', 'ENOSYS', 'EMLINK'])

/**
 * Renames without replacing; see the port. A plain rename would replace a file that another program creates at `to` in
 * this instant (Node has no RENAME_NOREPLACE), so a file gets its new name as a second one, which fails where something
 * stands, and then loses the old one. A folder cannot be replaced by a rename unless it is empty.
 */
export async function moveEntry(from: Spot, to: Spot): Promise<void> {
  const source = await unlessMissing(from.folder.lstat(from.name))
  const standing = await unlessMissing(to.folder.lstat(to.name))
  if (source === null) {
    if (standing === null) throw refused(`${pathOf(from)} cannot be moved.`, 'It is gone.')
  } else if (standing !== null) {
    if (!source.isFile() || !isSame(source, standing)) {
      throw refused(
        `${pathOf(from)} cannot be moved to ${pathOf(to)}.`,
        'Something stands there already; nothing is ever replaced.',
      )
    }
    await dropOldName(from, to)
  } else if (source.isFile()) {
    await moveFile(from, to)
  } else if (source.isDirectory()) {
    await rename(await from.folder.at(from.name), await to.folder.at(to.name))
  } else {
    throw refused(`${pathOf(from)} cannot be moved.`, 'It is neither a file nor a folder.')
  }
  await to.folder.sync()
  await from.folder.sync()
}

async function moveFile(from: Spot, to: Spot): Promise<void> {
  try {
    await link(await from.folder.at(from.name), await to.folder.at(to.name))
  } catch (error) {
    if (!noLink.has(systemCode(error))) throw error
    await rename(await from.folder.at(from.name), await to.folder.at(to.name))
    return
  }
  await dropOldName(from, to)
}

/** The new name is made durable first: a power cut must not leave the file without any. */
async function dropOldName(from: Spot, to: Spot): Promise<void> {
  await to.folder.sync()
  await unlink(await from.folder.at(from.name))
}

function pathOf(spot: Spot): string {
  return join(spot.folder.path, spot.name)
}
