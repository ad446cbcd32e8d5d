import { describe, expect, test } from 'vitest'
import type { ObjectStore } from '../../../../src/main/ports/object-store.ts'
import { armada } from '../../../../src/main/systems/armada/armada.ts'
import { chango } from '../../../../src/main/systems/chango/chango.ts'
import { kindling } from '../../../../src/main/systems/kindling/kindling.ts'
import { kiseki } from '../../../../src/main/systems/kiseki/kiseki.ts'
import { HoldfastError, type ErrorCode } from '../../../../src/shared/domain/error.ts'
import { memoryStore } from '../../../fakes/memory-store.ts'
import { makeArmadaBackup } from '../../../lab/armada.ts'
import { makeChangoArchive } from '../../../lab/chango.ts'
import { labVolume, segmentName } from '../../../lab/kindling.ts'
import { verifyRepository } from '../../../lab/verify-repository.ts'
import { chainIn, full } from './kindling/bucket/fixture.ts'
import { oneSnapshot } from './kiseki/fixture.ts'

/** The store, but whatever has this in its key fails when it is opened: it was listed before. */
function failing(store: ObjectStore, part: string, code: ErrorCode): ObjectStore {
  return {
    ...store,
    get: async (key, options) => {
      if (key.includes(part)) throw new HoldfastError(code, { what: 'It is not as it was listed.' })
      return store.get(key, options)
    },
  }
}

const volume =
  'project-volumes/0f7d1c5e-1111-4222-8333-444455556666/backups/9a8b7c6d-aaaa-4bbb-8ccc-ddddeeeeffff.qcow2'

async function ofKiseki() {
  const { store, backupId } = await oneSnapshot()
  return { store, backupId }
}

async function ofArmada() {
  const store = memoryStore()
  await makeArmadaBackup('one', '2026-11-20T02:00:00Z', { seed: 'between', tables: { a: 3, b: 2 } }, store)
  return { store, backupId: 'one' }
}

async function ofVolume() {
  const store = memoryStore()
  await store.put(volume, labVolume())
  return { store, backupId: '9a8b7c6d-aaaa-4bbb-8ccc-ddddeeeeffff' }
}

const ofChain = async () => ({ store: await chainIn(), backupId: full })

describe('An object that was listed and is no more what it was when it is read:', () => {
  test.each([
    ['the tar of kiseki', kiseki, ofKiseki, 'snapshot.tar', 'shards'],
    ['a table of armada', armada, ofArmada, 'a.bak', 'a'],
    ['a disk of kindling', kindling, ofVolume, '.qcow2', 'volume'],
    ['a file of pgBackRest', kindling, ofChain, 'base/5/16384', 'full'],
    ['the write-ahead log', kindling, ofChain, segmentName(2), 'WAL'],
  ] as const)('%s', async (_name, system, made, part, place) => {
    const { store, backupId } = await made()
    const saidOf = async (code: ErrorCode) => {
      const said = (await verifyRepository(failing(store, part, code), system)).said[backupId]
      return [said?.verdict, said?.stores[place]]
    }
    expect(await saidOf('object.missing')).toEqual(['bad', 'listed chain.objectMissing'])
    expect(await saidOf('object.changed')).toEqual(['bad', 'present object.changed'])
    expect(await saidOf('repository.accessDenied')).toEqual(['unknown', 'present object.unreachable'])
  })

  test.each([
    ['a manifest of kiseki', kiseki, ofKiseki, 'manifest.json', 'object.unreachable'],
    ['a manifest of armada', armada, ofArmada, 'manifest.json', 'object.unreachable'],
    ['facts beside a backup of armada', armada, ofArmada, 'holdfast.json', 'object.unreachable'],
    ['a manifest of pgBackRest', kindling, ofChain, `${full}/backup.manifest`, 'object.unreachable'],
    ['the list of backups of pgBackRest', kindling, ofChain, 'backup.info', 'object.unreachable'],
    ['the list of archives of pgBackRest', kindling, ofChain, 'archive.info', 'object.unreachable'],
  ] as const)('%s', async (_name, system, made, part, code) => {
    const { store, backupId } = await made()
    const closed = await verifyRepository(failing(store, part, 'repository.accessDenied'), system)
    expect(closed.said[backupId]).toMatchObject({ verdict: 'unknown', codes: [code] })
    const gone = await verifyRepository(failing(store, part, 'object.missing'), system)
    expect(gone.said[backupId]?.verdict).toMatch(/bad|unknown/)
  })
})

test('A sidecar of chango that was listed and cannot be read leaves the verdict open; one that is gone says nothing', async () => {
  const store = memoryStore()
  const archive = await makeChangoArchive({ dialect: 1, seed: 'beside', when: '2026-05-30T02:00:00Z' })
  await store.put(archive.key, await bytesOf(archive.pieces()))
  await store.put(`${archive.key}.sha256`, Buffer.from(await archive.sidecar()))
  const saidOf = async (code: ErrorCode) =>
    (await verifyRepository(failing(store, '.sha256', code), chango)).said[archive.backupId]
  for (const code of ['object.unreadable', 'repository.accessDenied'] as const)
    expect(await saidOf(code)).toMatchObject({ verdict: 'unknown', codes: ['object.unreachable'] })
  expect(await saidOf('object.missing')).toMatchObject({ verdict: 'good', codes: [] })
  await expect(saidOf('repository.unreachable')).rejects.toMatchObject({ code: 'repository.unreachable' })
})

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece)
  return Buffer.concat(parts)
}
