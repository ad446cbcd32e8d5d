import type { UsingProcess } from '../../ports/restore-target.ts'
import { aliasesOf, parseMounts } from '../target-rules/mount-aliases.ts'
import { namespacesScript, usersScript } from './look-scripts.ts'
import type { RemoteShell } from './remote-shell.ts'

/** Processes of the host that hold something at or below one of the paths open, or stand in it, under whatever name they have it. */
export async function findUsers(
  paths: readonly string[],
  shell: RemoteShell,
): Promise<readonly UsingProcess[]> {
  const namesIn = await namesByNamespace(paths, shell)
  const all = new Set([...paths, ...[...namesIn.values()].flat()])
  const patterns = [...all]
    .map((path) => path.replace(/[\\*?[]/g, (char) => `\\${char}`))
    .flatMap((path) => ['-o', '-lname', path, '-o', '-lname', `${path}/*`])
  const fields = (await shell.ask(usersScript, patterns.slice(1))) ?? []
  const found = new Map<number, UsingProcess>()
  for (let at = 0; at < fields.length; at += 4) {
    const [namespace = '', number = '', command = '', path = ''] = fields.slice(at, at + 4)
    const pid = Number(number)
    const names = namesIn.get(namespace) ?? paths
    const isOne = names.some((name) => path === name || path.startsWith(`${name}/`))
    if (isOne && !found.has(pid)) found.set(pid, { pid, command, path })
  }
  return [...found.values()]
}

/** The paths with the other names that processes of each mount namespace have for them. */
async function namesByNamespace(
  paths: readonly string[],
  shell: RemoteShell,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const [, ownText = '', ...others] = (await shell.ask(namespacesScript, [])) ?? []
  const own = parseMounts(ownText)
  const names = new Map<string, readonly string[]>()
  for (let at = 0; at < others.length; at += 2) {
    const [namespace = '', text = ''] = others.slice(at, at + 2)
    const theirs = parseMounts(text)
    names.set(namespace, [...paths, ...paths.flatMap((path) => aliasesOf(path, own, theirs))])
  }
  return names
}
