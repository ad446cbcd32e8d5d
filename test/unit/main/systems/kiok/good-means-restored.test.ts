import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryOfThisRun } from '../../../../../src/main/engine/verify/no-memory.ts'
import { kiok } from '../../../../../src/main/systems/kiok/kiok.ts'
import { nightsFrom } from '../../../../lab/kiok.ts'
import { stagedFiles } from '../../../../lab/stage-backup.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'
import { kiokRepository, kiokStoreNames, masterKey, type Json } from './fixture.ts'
import {
  chosen,
  harmed,
  harming,
  harmsToBytes,
  keysOf,
  objectsOf,
  storeOf,
  type Harm,
  type Objects,
  type Pick,
} from '../../../../support/harms.ts'
import { tries } from '../../../../support/tries.ts'

const manifestsOf = (objects: Objects) => keysOf(objects).filter((key) => key.endsWith('/manifest.json'))
const storesOf = (objects: Objects) => keysOf(objects).filter((key) => !key.endsWith('/manifest.json'))

function inManifest(objects: Objects, key: string, edit: (manifest: Json) => void): void {
  const manifest = JSON.parse(Buffer.from(objects.get(key) ?? '{}').toString()) as Json
  edit(manifest)
  objects.set(key, Buffer.from(JSON.stringify(manifest)))
}

function entriesOf(manifest: Json): Record<string, Json> {
  return manifest['stores'] as Record<string, Json>
}

function entryIn(manifest: Json, pick: Pick): Json {
  return chosen(Object.values(entriesOf(manifest)), pick)
}

const fields = [
  'sha256',
  'size',
  'holder',
  'object',
  'objectSize',
  'objectSha256',
  'keyId',
  'keyVersion',
] as const

const harms: readonly Harm[] = [
  ...harmsToBytes,
  // A field of one entry: gone, nothing, or as in another entry.
  (objects, pick) => {
    const from = chosen(manifestsOf(objects), pick)
    let value: unknown
    inManifest(objects, from, (manifest) => {
      const field = chosen(fields, pick)
      value = entryIn(manifest, pick)[field]
      inManifest(objects, chosen(manifestsOf(objects), pick), (other) => {
        const entry = entryIn(other, pick)
        const how = pick(4)
        if (how === 0) delete entry[field]
        else if (how === 1) entry[field] = null
        else entry[field] = value
      })
    })
  },
  // A whole entry as another backup has it, of the same store or of another.
  (objects, pick) => {
    const manifests = manifestsOf(objects)
    inManifest(objects, chosen(manifests, pick), (from) => {
      inManifest(objects, chosen(manifests, pick), (to) => {
        const name = chosen(kiokStoreNames, pick)
        const taken = entriesOf(from)[pick(3) === 0 ? chosen(kiokStoreNames, pick) : name]
        if (taken !== undefined) entriesOf(to)[name] = { ...taken }
      })
    })
  },
  // An object and what its manifests record of it, rewritten together.
  (objects, pick) => {
    const key = chosen(storesOf(objects), pick)
    const bytes = objects.get(chosen(storesOf(objects), pick)) ?? new Uint8Array()
    objects.set(key, bytes)
    const [holder, object] = key.split('/')
    for (const name of manifestsOf(objects)) {
      inManifest(objects, name, (manifest) => {
        for (const entry of Object.values(entriesOf(manifest))) {
          if (entry['holder'] !== holder || entry['object'] !== object) continue
          entry['objectSize'] = bytes.byteLength
          entry['objectSha256'] = createHash('sha256').update(bytes).digest('hex')
        }
      })
    }
  },
  // A folder under another name, its manifest with it.
  (objects, pick) => {
    const folders = [...new Set(keysOf(objects).map((key) => key.slice(0, key.indexOf('/'))))]
    const [from, to] = [chosen(folders, pick), chosen(folders, pick)]
    for (const key of keysOf(objects))
      if (key.startsWith(`${from}/`)) objects.set(key.replace(from, to), objects.get(key) ?? new Uint8Array())
  },
  (objects, pick) =>
    inManifest(objects, chosen(manifestsOf(objects), pick), (manifest) => {
      const how = pick(5)
      if (how === 0) manifest['createdAt'] = '2031-01-01T00:00:00Z'
      else if (how === 1) delete manifest['createdAt']
      else if (how === 2) manifest['backupId'] = 'another'
      else if (how === 3) delete entriesOf(manifest)[chosen(kiokStoreNames, pick)]
      else manifest['cluster'] = 'kiok-staging'
    }),
]

/** What the manifest of a backup records of each store, by a reader of our own. */
function recordedIn(objects: Objects, backupId: string): Record<string, string | null> {
  const manifest = JSON.parse(
    Buffer.from(objects.get(`${backupId}/manifest.json`) ?? '{}').toString(),
  ) as Json
  return Object.fromEntries(
    Object.entries(entriesOf(manifest)).map(([name, { sha256 }]) => [
      name,
      typeof sha256 === 'string' ? sha256 : null,
    ]),
  )
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe.each([
  ['sealed', false],
  ['plain', true],
] as const)('Whatever is done to a %s repository', (_, plain) => {
  const made = kiokRepository({
    plain,
    storeSizes: { metadata: 900, kms: 300, iam: 20, connections: 0, joblog: 66_000 },
    nights: nightsFrom('2026-11-10T02:00:00Z', 3, (night) =>
      night === 1 ? ['metadata', 'iam'] : ['metadata'],
    ),
  })

  test('what is called good restores to what its manifest records, and, once it was seen, to what it was', async () => {
    const healthy = await objectsOf((await made).store)
    const original = new Map((await made).ids.map((id) => [id, recordedIn(healthy, id)] as const))
    const inventory = await verifyRepository(await storeOf(healthy), kiok, { keys: [masterKey] })
    const needs = new Map(
      inventory.backups.map(({ backup }) => [backup.backupId, backup.objects.map(({ key }) => key)]),
    )
    await fc.assert(
      fc.asyncProperty(harming(harms), fc.boolean(), async (what, wasSeen) => {
        const memory = memoryOfThisRun()
        if (wasSeen) await verifyRepository(await storeOf(healthy), kiok, { keys: [masterKey], memory })
        const objects = harmed(healthy, what)
        const store = await storeOf(objects)
        const { backups, evidence } = await verifyRepository(store, kiok, {
          keys: [masterKey],
          memory,
          reading: 'everything',
        })
        for (const { backup, verdict } of backups) {
          // Another manifest can speak against this one: which of two pointers was set by hand nothing tells.
          const concerns = [
            ...manifestsOf(objects),
            ...manifestsOf(healthy),
            ...(needs.get(backup.backupId) ?? ['none']),
          ]
          if (concerns.every((key) => objects.has(key) && objects.get(key) === healthy.get(key)))
            expect([backup.backupId, verdict]).toEqual([backup.backupId, plain ? 'warning' : 'good'])
          if (verdict === 'bad' || verdict === 'unknown') continue
          const files = await stagedFiles(backup, store, masterKey)
          const restored = Object.fromEntries([...files].map(([name, bytes]) => [name, sha256(bytes)]))
          const planned = backup.restoreItems(evidence)
          expect(Object.fromEntries(planned.map(({ name, digest }) => [name, digest]))).toEqual(restored)
          const recorded = wasSeen ? original.get(backup.backupId) : recordedIn(objects, backup.backupId)
          expect(Object.keys(restored).sort()).toEqual(Object.keys(recorded ?? {}).sort())
          for (const [name, hash] of Object.entries(recorded ?? {}))
            if (hash !== null) expect([name, restored[name]]).toEqual([name, hash])
        }
      }),
      { seed: 11, numRuns: tries(40) },
    )
  })
})
