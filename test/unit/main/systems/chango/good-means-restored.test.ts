import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chango } from '../../../../../src/main/systems/chango/chango.ts'
import { treeDigest } from '../../../../../src/main/engine/tree-digest.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { makeChangoArchive, packed, textEntry, type LabEntry } from '../../../../lab/chango.ts'
import { stagedFiles } from '../../../../lab/stage-backup.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'
import { tries } from '../../../../support/tries.ts'

type Pick = (among: number) => number

/** What is done to the entries before they are packed, and to the plain tar or the stored bytes after it. */
interface Harm {
  readonly entries?: (entries: LabEntry[], pick: Pick) => void
  readonly tar?: (tar: Buffer, pick: Pick) => Buffer
  readonly object?: (object: Buffer, pick: Pick) => Buffer
}

function chosen<T>(among: readonly T[], pick: Pick): T {
  const one = among[pick(among.length)]
  if (one === undefined) throw new Error('There is nothing to choose from.')
  return one
}

const renamings: readonly ((name: string) => string)[] = [
  (name) => `./${name}`,
  (name) => `/${name}`,
  (name) => `${name}/`,
  (name) => name.toUpperCase(),
  (name) => name.replace('/', '//'),
  (name) => name.replace('/', '/./'),
  (name) => name.replace('/', '/x/../'),
  (name) => `${name}\u0301`,
  (name) => `\u00e9${name}`,
  (name) => `zookeeper/${name}`,
  (name) => name.replace(/kms|iam|metadata/, (store) => `${store}2`),
  (name) => name.replace(/[^/]+$/, 'CURRENT'),
  (name) => name.replace(/[^/]+$/, 'manifest.json'),
]

const inBlocks = (bytes: number, pick: Pick): number => 512 * pick(Math.floor(bytes / 512) + 1)

const harms: readonly Harm[] = [
  { entries: (entries, pick) => void entries.splice(pick(entries.length), 1) },
  { entries: (entries, pick) => void entries.splice(pick(entries.length), 0, chosen(entries, pick)) },
  { entries: (entries) => void entries.reverse() },
  {
    entries: (entries, pick) => {
      const at = pick(entries.length)
      const entry = chosen(entries, () => at)
      entries[at] = { ...entry, name: chosen(renamings, pick)(entry.name) }
    },
  },
  {
    entries: (entries, pick) => {
      const at = pick(entries.length)
      entries[at] = textEntry(chosen(entries, () => at).name, ['', 'x', 'MANIFEST-000009\n'][pick(3)] ?? '')
    },
  },
  {
    entries: (entries, pick) => {
      const [a, b] = [pick(entries.length), pick(entries.length)]
      const [one, other] = [chosen(entries, () => a), chosen(entries, () => b)]
      entries[a] = { ...other, name: one.name }
      entries[b] = { ...one, name: other.name }
    },
  },
  { tar: (tar, pick) => tar.subarray(0, inBlocks(tar.byteLength, pick)) },
  { tar: (tar, pick) => Buffer.concat([tar, Buffer.alloc(512 * (1 + pick(4)), pick(2))]) },
  { tar: (tar) => Buffer.concat([tar, tar]) },
  {
    tar: (tar, pick) => {
      const [from, to] = [inBlocks(tar.byteLength, pick), inBlocks(tar.byteLength, pick)]
      return Buffer.concat([tar.subarray(0, from), tar.subarray(Math.min(from, to))])
    },
  },
  {
    tar: (tar, pick) => {
      const at = inBlocks(tar.byteLength, pick)
      return Buffer.concat([tar.subarray(0, at), Buffer.alloc(512), tar.subarray(at)])
    },
  },
  { object: (object) => Buffer.concat([object, object]) },
  { object: (object, pick) => Buffer.concat([object, Buffer.alloc(1 + pick(600), pick(2))]) },
  { object: (object, pick) => object.subarray(0, pick(object.byteLength)) },
]

const harming = fc.array(
  fc.record({
    harm: fc.constantFrom(...harms),
    choices: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
  }),
  { minLength: 1, maxLength: 3 },
)

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A reader of our own, of what a plain ustar archive of this lab is: files by name, the last of two counts. */
function filesOf(tar: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (let at = 0; at + 512 <= tar.byteLength && tar[at] !== 0;) {
    const text = (from: number, length: number): string =>
      tar
        .subarray(at + from, at + from + length)
        .toString('utf8')
        .replace(/\0[^]*$/, '')
    const size = Number.parseInt(text(124, 12), 8)
    const name = [text(345, 155), text(0, 100)].filter((part) => part !== '').join('/')
    if (text(156, 1) !== '5') files.set(name, tar.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}

/** Where a file of the lab's archives belongs below the target; null for the archive's own manifest. */
function restoredPath(name: string): string | null {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  const path = parts.join('/').replace(/^(opt\/chango\/)?data\/master\//, '')
  return /^(kms|iam|metadata|patches)\//.test(path) || !/manifest[^/]*\.json$/.test(path) ? path : null
}

describe.each([
  ['of the older dialect', { dialect: 1, withFiles: false }],
  ['of the older dialect with its files listed', { dialect: 1, withFiles: true }],
  ['of the newer dialect', { dialect: 2, withFiles: false }],
] as const)('Whatever is done to an archive %s', (_, { dialect, withFiles }) => {
  const made = makeChangoArchive({
    dialect,
    withFiles,
    seed: 'harmed',
    when: '2026-11-20T02:00:00Z',
    patches: 1,
    sizes: { kms: 600, iam: 0, metadata: 1300 },
  })

  test('what is called good restores to every file that lies in it', async () => {
    const { key, entries } = await made
    await fc.assert(
      fc.asyncProperty(harming, async (what) => {
        const bent = [...entries]
        const stages = what.map(({ harm, choices }) => {
          let next = 0
          const pick: Pick = (among) => (choices[next++ % choices.length] ?? 0) % Math.max(1, among)
          harm.entries?.(bent, pick)
          return { harm, pick }
        })
        const pieces: Uint8Array[] = []
        for await (const piece of packed(bent)) pieces.push(piece)
        let tar: Buffer = gunzipSync(Buffer.concat(pieces))
        for (const { harm, pick } of stages) tar = harm.tar?.(tar, pick) ?? tar
        let object: Buffer = gzipSync(tar, { level: 1 })
        for (const { harm, pick } of stages) object = harm.object?.(object, pick) ?? object
        const store = memoryStore()
        await store.put(key, object)
        const { backups, evidence } = await verifyRepository(store, chango)
        const [judged] = backups
        if (judged === undefined || (judged.verdict !== 'good' && judged.verdict !== 'warning')) return
        const restored = await stagedFiles(judged.backup, store, 'no key')
        const planned = judged.backup.restoreItems(evidence)
        const inTar = [...filesOf(tar)].flatMap(([name, bytes]) => {
          const path = restoredPath(name)
          return path === null ? [] : [[path, sha256(bytes)] as const]
        })
        expect(Object.fromEntries([...restored].map(([name, bytes]) => [name, sha256(bytes)]))).toEqual(
          Object.fromEntries(inTar),
        )
        for (const { name, digest } of planned) {
          const files = [...restored].flatMap(([path, bytes]) =>
            path.startsWith(`${name}/`)
              ? [{ path: path.slice(name.length + 1), sizeBytes: bytes.byteLength, sha256: sha256(bytes) }]
              : [],
          )
          expect([name, treeDigest(files)]).toEqual([name, digest])
        }
        for (const part of ['kms', 'iam', 'metadata']) {
          const current = restored.get(`${part}/CURRENT`)?.toString() ?? ''
          expect(restored.get(`${part}/${current.trimEnd()}`)?.byteLength).toBeGreaterThan(0)
        }
      }),
      { seed: 12, numRuns: tries(25) },
    )
  })
})
