import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import { keyParts } from '../../../shared/domain/key-path.ts'
import type { FolderFacts, Told } from '../../../shared/domain/place-facts.ts'
import { closeWay, openWay } from './entries.ts'
import { folderFailure, systemCode } from './folder-errors.ts'
import { openRoot, type Root } from './open-folder.ts'
import { withObjectPath } from './read-object.ts'

const isWindows = process.platform === 'win32'
const writableByOthers = 0o022

/** What `ObjectStore.facts` promises. */
export async function placeFacts(
  root: Root,
  sample: readonly string[],
  signal: AbortSignal | undefined,
): Promise<FolderFacts> {
  // Another folder in its place would be told as this one.
  await (await openRoot(root)).close()
  const { mode, uid } = await stat(root.path).catch((error: unknown) => {
    throw folderFailure(error, root.path)
  })
  const loose = new Map<string, number>()
  for (const key of sample) {
    throwIfCancelled(signal)
    for (const part of await modesOf(root, key)) {
      if (!isWindows && (part.mode & writableByOthers) !== 0) loose.set(part.name, part.mode & 0o7777)
    }
  }
  return {
    kind: 'folder',
    where: 'here',
    path: root.path,
    mode: isWindows
      ? { told: false, why: 'Windows keeps no such permissions.' }
      : { told: true, value: mode & 0o7777 },
    owner: isWindows ? null : `${uid}${uid === process.getuid?.() ? ', this account' : ''}`,
    looseParts: [...loose].map(([name, partMode]) => ({ name, mode: partMode })),
    mayWrite: await mayWrite(root),
    isOnRootDisk: await isOnRootDisk(root),
  }
}

/** Of the folders below the root on the way to an object, and of its file. */
async function modesOf(root: Root, key: string): Promise<{ readonly name: string; readonly mode: number }[]> {
  const parts = keyParts(key)?.slice(0, -1) ?? []
  const way = await openWay(root, parts)
  if (way === null) return []
  try {
    const folders = await Promise.all(
      way.folders.slice(1).map(async (folder, at) => ({
        name: `${parts.slice(0, at + 1).join('/')}/`,
        mode: (await stat(folder.at('.'))).mode,
      })),
    )
    const file = await withObjectPath(root, key, async (path) => (await stat(path)).mode)
    return file === null ? folders : [...folders, { name: key, mode: file }]
  } finally {
    await closeWay(way)
  }
}

/** As the system answers it: nothing is written to find out. */
async function mayWrite({ path }: Root): Promise<Told<boolean>> {
  if (isWindows) return { told: false, why: 'Windows tells it only to whoever tries.' }
  try {
    await access(path, constants.W_OK)
    return { told: true, value: true }
  } catch (error) {
    const code = systemCode(error)
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return { told: true, value: false }
    return { told: false, why: `The system does not say (${code ?? 'no reason'}).` }
  }
}

async function isOnRootDisk({ device }: Root): Promise<Told<boolean>> {
  if (isWindows) return { told: false, why: 'Which disk this machine runs from was not looked up.' }
  const { dev } = await stat('/', { bigint: true })
  return { told: true, value: dev === device }
}
