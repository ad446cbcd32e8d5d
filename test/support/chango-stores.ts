import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Step } from '../../src/shared/contract/runbooks.ts'
import type { ChangoHosts } from '../lab/runbooks/chango.ts'

export const masterKey = 'canary-master-key-0123456789-abcdefghijklmnop'
export const login = { user: 'admin', password: 'canary-admin-password' }
export const bucket = { accessKeyId: 'AKIACANARY', secretAccessKey: 'canary-secret-access-key' }

/** The component that the acceptance sheet asks to be stopped and started. */
export function canary({ id }: Pick<Step, 'id'>) {
  return id === 'accept-canary' ? ({ kind: 'did', note: 'trino-prod' } as const) : null
}

export const rootOf = { 1: '/var/lib/chango', 2: '/opt/chango/data/master' } as const

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
export const restored = 'MANIFEST-000005'
export const old = 'MANIFEST-000001'
