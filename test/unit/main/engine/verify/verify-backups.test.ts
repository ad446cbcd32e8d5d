import { expect, test } from 'vitest'
import { HoldfastError, type ErrorCode } from '../../../../../src/shared/domain/error.ts'
import type { BackupSystem, InventoryBackup } from '../../../../../src/main/ports/backup-system.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import type { VerifiableLevel } from '../../../../../src/shared/domain/level.ts'
import { contentOf } from '../../../../../src/main/engine/drill/content.ts'
import { memoryOfThisRun } from '../../../../../src/main/engine/verify/no-memory.ts'
import { kiok } from '../../../../../src/main/systems/kiok/kiok.ts'
import { drillOf } from '../../../../support/drills.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'
import { editManifest, kiokRepository, masterKey } from '../../systems/kiok/fixture.ts'

/** The store, but opening this key fails. */
function failing(store: ObjectStore, key: string | undefined, code: ErrorCode): ObjectStore {
  return {
    ...store,
    get: async (name, options) => {
      if (name === key) throw new HoldfastError(code, { what: 'It could not be read.' })
      return store.get(name, options)
    },
  }
}

/** The store, but of this object one bit turned, as a disk does it: in the same version. */
function rotten(store: ObjectStore, key: string): ObjectStore {
  return {
    ...store,
    get: async (name, options) => {
      const { info, pieces } = await store.get(name, options)
      if (name !== key) return { info, pieces }
      return {
        info,
        pieces: (async function* () {
          for await (const piece of pieces) yield piece.map((byte, at) => (at === 300 ? byte ^ 1 : byte))
        })(),
      }
    },
  }
}

async function iamOfNewest(code: ErrorCode) {
  const { store, ids } = await kiokRepository()
  const result = await verifyRepository(failing(store, `${ids[2]}/iam.enc`, code), kiok, {
    keys: [masterKey],
  })
  const newest = result.said[ids[4] ?? '']
  return { verdict: newest?.verdict, iam: newest?.stores['iam'], others: newest?.stores['kms'] }
}

test('An object that cannot be reached leaves the verdict open, and the others are judged', async () => {
  expect(await iamOfNewest('repository.unreachable')).toEqual({
    verdict: 'unknown',
    iam: 'present object.unreachable',
    others: 'matches',
  })
})

test('An object that vanishes between the listing and the reading is missing', async () => {
  expect(await iamOfNewest('object.missing')).toMatchObject({
    verdict: 'bad',
    iam: 'listed chain.objectMissing',
  })
})

test('An object that is replaced between the listing and the reading is called changed', async () => {
  expect(await iamOfNewest('object.changed')).toMatchObject({ verdict: 'bad', iam: 'present object.changed' })
})

test('A manifest that cannot be reached leaves its backup open, and no other', async () => {
  const { store, ids } = await kiokRepository()
  const broken = failing(store, `${ids[4]}/manifest.json`, 'repository.unreachable')
  const { said } = await verifyRepository(broken, kiok, { keys: [masterKey] })
  expect(said[ids[4] ?? '']).toEqual({ verdict: 'unknown', codes: ['object.unreachable'], stores: {} })
  expect(said[ids[3] ?? '']?.verdict).toBe('good')
})

test('A cancelled verification ends as cancelled, not with a verdict', async () => {
  const { store, ids } = await kiokRepository()
  await expect(
    verifyRepository(failing(store, `${ids[0]}/kms.enc`, 'cancelled'), kiok, { keys: [masterKey] }),
  ).rejects.toMatchObject({ code: 'cancelled' })
})

test('What was verified as far as decrypts is read again for matches, and then not any more', async () => {
  const { store, ids } = await kiokRepository()
  const memory = memoryOfThisRun()
  const verified = (level: VerifiableLevel) =>
    verifyRepository(store, kiok, { keys: [masterKey], memory, level })
  const first = await verified('decrypts')
  expect(first.said[ids[0] ?? '']?.stores['iam']).toBe('decrypts')
  const second = await verified('matches')
  expect(second.said[ids[0] ?? '']?.stores['iam']).toBe('matches')
  expect(second.objectsRead).toBe(first.objectsRead)
  expect((await verified('matches')).objectsRead).toBe(0)
  expect((await verified('decrypts')).objectsRead).toBe(0)
})

test('What was proved before a drill that did not come out is read again, and until then not proved', async () => {
  const { store, ids } = await kiokRepository()
  const backupId = ids[4] ?? ''
  const memory = memoryOfThisRun()
  const verdict = async (reading: 'whereNeeded' | 'rememberedOnly', at: string) =>
    (
      await verifyRepository(rotten(store, `${backupId}/metadata.enc`), kiok, {
        keys: [masterKey],
        memory,
        reading,
        at,
      })
    ).said[backupId]?.verdict
  await verifyRepository(store, kiok, { keys: [masterKey], memory, at: '2026-11-20T12:00:00Z' })
  expect(await verdict('whereNeeded', '2026-11-20T13:00:00Z')).toBe('good')
  const drill = drillOf({ backupId, content: null, finishedAt: '2026-11-20T14:00:00.000Z' })
  memory.rememberDrill({
    ...drill,
    outcome: { kind: 'failed', at: 'read', because: 'Its SHA-256 is another.' },
  })
  expect(await verdict('rememberedOnly', '2026-11-20T15:00:00Z')).toBe('unknown')
  expect(await verdict('whereNeeded', '2026-11-20T16:00:00Z')).toBe('bad')
  expect(await verdict('rememberedOnly', '2026-11-20T17:00:00Z')).toBe('bad')
})

test('A drill of these very bytes makes a backup restored, dated by the later of the two, unless it is bad', async () => {
  const { store, ids } = await kiokRepository()
  const backupId = ids[4] ?? ''
  const memory = memoryOfThisRun()
  const seen = async (at: string) => {
    const { backups } = await verifyRepository(store, kiok, { keys: [masterKey], memory, at })
    const newest = backups.find(({ backup }) => backup.backupId === backupId)
    const [part] = newest?.report.stores ?? []
    return [newest?.verdict, newest?.restoredAt, part?.levelReached, part?.verifiedAt]
  }
  const [first, drilled] = ['2026-11-20T12:00:00.000Z', '2026-11-20T14:00:00.000Z']
  expect(await seen(first)).toEqual(['good', null, 'matches', first])
  const { backups, evidence } = await verifyRepository(store, kiok, { keys: [masterKey], memory })
  const { backup } = backups.find((each) => each.backup.backupId === backupId) ?? {}
  const content = contentOf(
    (backup?.objects ?? []).map(({ key }) => {
      const object = evidence.object(key)
      return { key, sha256: object.kind === 'read' ? object.facts.sha256 : null }
    }),
  )
  memory.rememberDrill(drillOf({ backupId, content, finishedAt: drilled }))
  expect(await seen('2026-11-20T15:00:00Z')).toEqual(['good', drilled, 'restored', drilled])
  memory.rememberDrill(drillOf({ backupId, content, finishedAt: '2026-11-20T11:00:00.000Z' }))
  expect((await seen('2026-11-20T15:00:00Z')).at(-1)).toBe(first)

  await editManifest(store, backupId, (manifest) => void (manifest['backupId'] = '20260101T000000Z-00000000'))
  expect(await seen('2026-11-20T16:00:00Z')).toEqual(['bad', null, 'matches', first])
})

test('A part of which a level failed is never called good, though no finding says why', async () => {
  const { store, ids } = await kiokRepository()
  const failing: BackupSystem = {
    ...kiok,
    readInventory: async (...given) => {
      const { backups, ...rest } = await kiok.readInventory(...given)
      const judged = backups.map((backup): InventoryBackup => ({
        ...backup,
        judge: (evidence) => {
          const report = backup.judge(evidence)
          const failed = (name: string) => (name === 'iam' ? ('matches' as const) : null)
          return {
            ...report,
            stores: report.stores.map((each) => ({ ...each, failedAt: failed(each.store) })),
          }
        },
      }))
      return { ...rest, backups: judged }
    },
  }
  const { said } = await verifyRepository(store, failing, { keys: [masterKey] })
  expect(ids.map((id) => said[id]?.verdict)).toEqual(ids.map(() => 'unknown'))
})
