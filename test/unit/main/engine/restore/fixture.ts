import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  openLocalTarget,
  type LocalTargetOptions,
} from '../../../../../src/main/adapters/local-target/open-local-target.ts'
import type { Processes } from '../../../../../src/main/adapters/local-target/processes.ts'
import { inspectTarget } from '../../../../../src/main/engine/restore/inspect-target.ts'
import {
  managedNames,
  planRestore,
  type RestoreRequest,
} from '../../../../../src/main/engine/restore/plan-restore.ts'
import type { StagedEntry } from '../../../../../src/main/ports/staged-entry.ts'
import { treeDigest } from '../../../../../src/main/engine/tree-digest.ts'
import type { RestoreTarget } from '../../../../../src/main/ports/restore-target.ts'
import type { PlannedItem, RestorePlan } from '../../../../../src/shared/domain/restore-plan.ts'

export const clock = { now: () => Date.UTC(2026, 10, 20, 2, 0, 0) }

export function countingRandom(start = 0): { bytes(length: number): Uint8Array } {
  let count = start
  return {
    bytes: (length) => {
      const bytes = Buffer.alloc(length)
      bytes.writeUInt32BE((count += 1), 0)
      return bytes
    },
  }
}

/** Files of a tree by path; a path without `/` is a file item. */
export type Tree = Readonly<Record<string, string>>

export const oldTree: Tree = {
  'kms/CURRENT': 'old current',
  'kms/deep/er/000001.sst': 'old sst',
  'patches/p1.zip': 'a patch that the backup lacks',
  metadata: 'old metadata',
  'zookeeper/log': 'not ours',
}

export const newTree: Tree = {
  'kms/CURRENT': 'new current',
  'kms/000002.sst': 'new sst',
  'iam/CURRENT': 'new iam',
  metadata: 'new metadata, of several pieces',
}

export const manages = ['iam', 'kms', 'metadata', 'patches']

/** A folder that goes away with the test; in memory where the machine has such a place, for it is synced often. */
export function scratch(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'holdfast-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export function plant(dir: string, tree: Tree): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  for (const [path, content] of Object.entries(tree)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), content)
  }
}

/** Everything in a folder but the bookkeeping of restores: files with their content, folders with a `/`. */
export function shapeOf(dir: string, above = ''): Record<string, string> {
  const shape: Record<string, string> = {}
  for (const name of readdirSync(join(dir, above)).sort()) {
    const path = `${above}${name}`
    if (path === '.holdfast') continue
    const stats = lstatSync(join(dir, path))
    if (stats.isDirectory()) {
      shape[`${path}/`] = ''
      Object.assign(shape, shapeOf(dir, `${path}/`))
    } else {
      shape[path] = stats.isSymbolicLink() ? '(link)' : readFileSync(join(dir, path), 'utf8')
    }
  }
  return shape
}

export function itemsOf(tree: Tree): PlannedItem[] {
  const names = [...new Set(Object.keys(tree).map((path) => path.split('/')[0] ?? ''))]
  return names.map((name) => {
    const content = tree[name]
    if (content !== undefined) {
      return { name, kind: 'file', files: 1, sizeBytes: Buffer.byteLength(content), digest: sha256(content) }
    }
    const files = Object.entries(tree)
      .filter(([path]) => path.startsWith(`${name}/`))
      .map(([path, text]) => ({
        path: path.slice(name.length + 1),
        sizeBytes: Buffer.byteLength(text),
        sha256: sha256(text),
      }))
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
    return { name, kind: 'folder', files: files.length, sizeBytes, digest: treeDigest(files) }
  })
}

export async function* entriesOf(tree: Tree): AsyncGenerator<StagedEntry> {
  for (const [path, content] of Object.entries(tree)) {
    const [item = '', ...below] = path.split('/')
    yield {
      item,
      path: below.join('/'),
      kind: 'file',
      sizeBytes: Buffer.byteLength(content),
      pieces: piecesOf(content),
    }
  }
}

export async function* piecesOf(content: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 12) yield Buffer.from(content.slice(at, at + 12))
}

export function requestOf(tree: Tree): RestoreRequest {
  return {
    system: 'chango',
    repository: 'file:///backups',
    backup: { backupId: '20261119T020000Z-1a2b3c4d', createdAt: '2026-11-19T02:00:00Z' },
    cluster: 'chango-prod',
    objects: [],
    items: itemsOf(tree),
    manages,
    generated: [{ name: 'report.json', maxBytes: 4096 }],
  }
}

export const generate = (name: string): Uint8Array => Buffer.from(`{"generated":"${name}"}`)

export async function planFor(target: RestoreTarget, request = requestOf(newTree)): Promise<RestorePlan> {
  return planRestore(request, await inspectTarget(managedNames(request), { target, clock }))
}

/** Processes as a test wants them: each opening is one, and it lives until it is killed. */
export interface FakeProcesses {
  readonly born: () => Processes
  /** The one born last. */
  readonly kill: () => void
}

export function fakeProcesses(): FakeProcesses {
  let last = 0
  const dead = new Set<number>()
  return {
    born: () => {
      const pid = (last += 1)
      return {
        self: async () => ({ host: 'h', pid, startTicks: '1', bootId: 'b', pidNamespace: 'n' }),
        judge: async (identity) => (dead.has(identity.pid) ? 'dead' : 'alive'),
        using: async () => [],
      }
    },
    kill: () => void dead.add(last),
  }
}

export async function openTarget(
  dir: string,
  options: Partial<LocalTargetOptions> = {},
): Promise<RestoreTarget> {
  return openLocalTarget(dir, { repositoryFolder: null, clock, ...options })
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex')
}
