import { beforeAll, describe, expect, test } from 'vitest'
import { copyBackup } from '../../../../../src/main/engine/copy/copy-backup.ts'
import type { VerifyResult } from '../../../../../src/main/engine/verify/verify-backups.ts'
import type { ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { kiok } from '../../../../../src/main/systems/kiok/kiok.ts'
import { failure, names, read, utf8 } from '../../../../conformance/store-helpers.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { stoppedClock, verifyRepository } from '../../../../lab/verify-repository.ts'
import { kiokRepository, masterKey } from '../../systems/kiok/fixture.ts'

const clock = stoppedClock('2026-11-20T12:00:00Z')

let from: ObjectStore
let verified: VerifyResult
let keys: readonly string[]
beforeAll(async () => {
  from = (await kiokRepository()).store
  verified = await verifyRepository(from, kiok, { keys: [masterKey] })
  keys = [...newest().objects, ...newest().completedBy].map(({ key }) => key)
})

/** It shares objects with older ones. */
function newest() {
  const [first] = verified.backups
  if (first === undefined) throw new Error('The lab made no backup.')
  return first.backup
}

async function copyTo(to: ObjectStore, { source = from, signal = new AbortController().signal } = {}) {
  return copyBackup(newest(), verified.evidence, { from: source, to, clock }, { signal })
}

/** The same store, but for what is said. */
const but = (store: ObjectStore, other: Partial<ObjectStore>): ObjectStore => ({ ...store, ...other })

const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte))

describe('copying a backup', () => {
  test('takes all it points to along, its manifest last, and it verifies as good there', async () => {
    const to = memoryStore()
    const written: string[] = []
    const { objects } = await copyTo(
      but(to, {
        putStream: async (key, body, options) => {
          written.push(key)
          expect(options).toMatchObject({ ifAbsent: true })
          return to.putStream(key, body, options)
        },
      }),
    )
    expect(written).toEqual(keys)
    expect(written.at(-1)).toMatch(/manifest\.json$/)
    expect(new Set(objects.map(({ outcome }) => outcome))).toEqual(new Set(['copied']))
    for (const key of keys) expect(await read(to, key)).toEqual(await read(from, key))
    const { backups } = await verifyRepository(to, kiok, { keys: [masterKey] })
    expect(backups.map(({ verdict, backup }) => [backup.backupId, verdict])).toEqual([
      [newest().backupId, 'good'],
    ])
  })

  test('that is cancelled in the middle of an object leaves whole objects and no manifest; done again it writes only the rest', async () => {
    for (const [place, stopAt] of keys.entries()) {
      const to = memoryStore()
      const cancel = new AbortController()
      const source = but(from, {
        get: async (key, options) => {
          const reading = await from.get(key, options)
          return key !== stopAt ? reading : { ...reading, pieces: cut(reading.pieces, cancel) }
        },
      })
      await failure(copyTo(to, { source, signal: cancel.signal }), 'cancelled')
      const there = await names(to)
      expect(there.toSorted()).toEqual(keys.slice(0, place).toSorted())
      for (const key of there) expect(await read(to, key)).toEqual(await read(from, key))
      const { objects } = await copyTo(to)
      expect(objects.map(({ outcome }) => outcome)).toEqual(
        keys.map((_, at) => (at < place ? 'alreadyThere' : 'copied')),
      )
    }
  })

  test('replaces nothing: other bytes under one of its keys end it, and stay', async () => {
    const [first = '', second = ''] = keys
    const to = memoryStore()
    await to.put(second, utf8('of somebody else'))
    const { message } = await failure(copyTo(to), 'object.changed')
    expect(message).toContain(second)
    expect(await read(to, second)).toEqual(utf8('of somebody else'))
    expect((await names(to)).toSorted()).toEqual([first, second].toSorted())
  })

  test('of what changed since it was verified ends, and leaves nothing of it', async () => {
    const [first = ''] = keys
    const to = memoryStore()
    const source = but(from, {
      get: async (key, options) => {
        const reading = await from.get(key, options)
        return key !== first ? reading : { ...reading, pieces: changed(reading.pieces) }
      },
    })
    await failure(copyTo(to, { source }), 'object.changed')
    expect(await names(to)).toEqual([])
  })

  test('that does not read back as it was sent ends, and leaves no backup that passes for one', async () => {
    for (const stopAt of keys) {
      const to = memoryStore()
      const forgetful = but(to, {
        putStream: async (key, body, options) => {
          const info = await to.putStream(key, body, options)
          return key === stopAt ? to.put(key, flipped(await read(to, key))) : info
        },
      })
      await failure(copyTo(forgetful), 'object.changed')
      expect(await names(to)).not.toContain(stopAt)
      expect(await names(to)).not.toContain(keys.at(-1))
    }
  })
})

/** Cancelled once half of it was given. */
async function* cut(pieces: AsyncIterable<Uint8Array>, cancel: AbortController) {
  for await (const piece of pieces) {
    yield piece.subarray(0, piece.byteLength >> 1)
    cancel.abort()
    yield piece.subarray(piece.byteLength >> 1)
  }
}

async function* changed(pieces: AsyncIterable<Uint8Array>) {
  for await (const piece of pieces) yield flipped(piece)
}
