import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { traces } from '../../support/canary.ts'

/** Secrets by what they are. */
export type Canaries = Readonly<Record<string, string>>

/** `where: which secret, in which form` for everything that is found. */
export function hitsIn(where: string, text: string, canaries: Canaries): readonly string[] {
  return Object.entries(canaries).flatMap(([name, secret]) =>
    traces(secret, text).map((form) => `${where}: ${name} (${form})`),
  )
}

/** Looks into every file below a folder, whatever its kind, and at its name. */
export async function hitsBelow(
  folder: string,
  canaries: Canaries,
  except: readonly string[] = [],
): Promise<{ readonly hits: readonly string[]; readonly files: readonly string[] }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
    .filter(({ path }) => !except.includes(path))
  const hits: string[] = []
  const files: string[] = []
  for (const { entry, path } of paths) {
    hits.push(...hitsIn(`the name of ${path}`, path, canaries))
    if (!entry.isFile()) continue
    files.push(path)
    hits.push(...hitsIn(path, await readFile(path, 'latin1'), canaries))
  }
  return { hits, files }
}

/** Arguments and environment of a process and of all that it has started, as any program of this account can read them. */
export async function hitsInProcesses(pid: number, canaries: Canaries): Promise<readonly string[]> {
  const hits: string[] = []
  for (const each of await withChildren(pid)) {
    for (const file of ['cmdline', 'environ']) {
      const text = await readFile(`/proc/${each}/${file}`, 'latin1').catch(() => '')
      hits.push(...hitsIn(`${file} of process ${each}`, text, canaries))
    }
  }
  return hits
}

async function withChildren(pid: number): Promise<readonly number[]> {
  const parents = new Map<number, number>()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    // The name of the program stands in parentheses and may hold any of them.
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    parents.set(Number(name), Number(parent))
  }
  const family = new Set([pid])
  for (let size = 0; size !== family.size;) {
    size = family.size
    for (const [child, parent] of parents) if (family.has(parent)) family.add(child)
  }
  return [...family]
}
