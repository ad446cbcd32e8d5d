import { throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import { keyParts } from '../../../shared/domain/key-path.ts'
import type { FolderFacts } from '../../../shared/domain/place-facts.ts'
import { folderFailure } from './sftp-errors.ts'
import { lookUp, realFolder, type Tree } from './tree.ts'

const writableByOthers = 0o022

/** What `ObjectStore.facts` promises, as far as SFTP has words for it. */
export async function placeFacts(
  tree: Tree,
  sample: readonly string[],
  signal: AbortSignal | undefined,
): Promise<FolderFacts> {
  const { session, root } = tree
  try {
    const { mode, uid } = await session.stat(root)
    const loose = new Map<string, number>()
    for (const key of sample) {
      throwIfCancelled(signal)
      for (const part of await modesOf(tree, key)) {
        if ((part.mode & writableByOthers) !== 0) loose.set(part.name, part.mode)
      }
    }
    const space = await session.space(root).catch(() => null)
    return {
      kind: 'folder',
      where: 'sftp',
      path: root,
      mode: { told: true, value: mode },
      owner: uid === null ? null : String(uid),
      looseParts: [...loose].map(([name, partMode]) => ({ name, mode: partMode })),
      mayWrite:
        space?.isReadOnly === true
          ? { told: true, value: false }
          : { told: false, why: 'SFTP tells it only to whoever tries.' },
      isOnRootDisk: { told: false, why: 'SFTP does not tell which disk of the server it lies on.' },
    }
  } catch (error) {
    throw folderFailure(error, root)
  }
}

/** Of the folders below the root on the way to an object, and of its file. */
async function modesOf(tree: Tree, key: string): Promise<{ readonly name: string; readonly mode: number }[]> {
  const modes: { readonly name: string; readonly mode: number }[] = []
  const parts = keyParts(key) ?? []
  let folder = tree.root
  for (const [at, part] of parts.entries()) {
    const entry = await lookUp(tree, folder, part)
    if (entry === null) break
    const name = parts.slice(0, at + 1).join('/')
    modes.push({ name: entry.kind === 'folder' ? `${name}/` : name, mode: entry.facts.mode })
    const next = entry.kind === 'folder' ? await realFolder(tree, folder, entry.name) : null
    if (next === null) break
    folder = next
  }
  return modes
}
