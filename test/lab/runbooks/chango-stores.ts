import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChangoHosts } from './chango.ts'

/** Where each dialect keeps its stores. */
export const rootOf = { 1: '/var/lib/chango', 2: '/opt/chango/data/master' } as const

/** What the stores of the backup name, and those that stood there before. */
export const restored = 'MANIFEST-000005'
export const old = 'MANIFEST-000001'

/** What the stores' CURRENT names: those of the backup and those of before differ. */
export async function storesOn(hosts: ChangoHosts, place: number): Promise<string> {
  const root = hosts.pathOn(place, rootOf[hosts.dialect])
  const found: string[] = []
  for (const name of ['kms', 'iam', 'metadata']) {
    const current = join(root, name, 'CURRENT')
    found.push(existsSync(current) ? (await readFile(current, 'utf8')).trim() : 'none')
  }
  return [...new Set(found)].join()
}
