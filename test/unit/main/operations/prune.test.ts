import { describe, expect, test } from 'vitest'
import type { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { runPrune } from '../../../../src/main/operations/run-prune.ts'
import type { ObjectStore } from '../../../../src/main/ports/object-store.ts'
import { chango } from '../../../../src/main/systems/chango/chango.ts'
import { armada } from '../../../../src/main/systems/armada/armada.ts'
import { kiok } from '../../../../src/main/systems/kiok/kiok.ts'
import { kiseki } from '../../../../src/main/systems/kiseki/kiseki.ts'
import { memoryStore } from '../../../fakes/memory-store.ts'
import { scriptedFailure } from '../../../fakes/scripted-store.ts'
import { makeArmadaBackup } from '../../../lab/armada.ts'
import { makeChangoArchive } from '../../../lab/chango.ts'
import { nightsFrom } from '../../../lab/kiok.ts'
import { kisekiShards, writeKisekiSnapshot } from '../../../lab/kiseki.ts'
import { editObject, kiokRepository, masterKey } from '../systems/kiok/fixture.ts'
import { keysOf, listed, planned, prove, pruneLab, type PruneLab } from './prune-lab.ts'

const newestOnly = { keepLast: 1, keepDays: null, atMost: null }

/** Twelve days, two snapshots a day; every fourth has shards. */
async function kisekiLab(): Promise<PruneLab & { readonly ids: readonly string[] }> {
  const store = memoryStore()
  const ids: string[] = []
  for (let run = 0; run < 24; run += 1) {
    const at = new Date(Date.UTC(2026, 10, 9, 6) + run * 43_200_000).toISOString().replace('.000', '')
    const shards = run % 4 === 1 ? kisekiShards(`run ${run}`, 2, 100) : []
    ids.push(await writeKisekiSnapshot({ seed: `run ${run}`, at, shards }, store))
  }
  return { ...pruneLab({ store, system: kiseki }), ids }
}

/** Eight nights: metadata every night, kms in the third, iam in the sixth. */
async function kiokLab(
  key: string | undefined = masterKey,
): Promise<PruneLab & { readonly ids: readonly string[] }> {
  const nights = nightsFrom('2026-11-10T02:00:00Z', 8, (night) => [
    'metadata',
    ...(night === 2 ? ['kms'] : []),
    ...(night === 5 ? ['iam'] : []),
  ])
  const { store, ids } = await kiokRepository({ nights })
  return { ...pruneLab({ store, system: kiok, ...(key !== undefined && { key }) }), ids }
}

async function changoLab(): Promise<PruneLab> {
  const store = memoryStore()
  for (let night = 0; night < 4; night += 1) {
    const archive = await makeChangoArchive({
      dialect: 2,
      seed: `night ${night}`,
      when: `2026-11-1${night}T02:00:00Z`,
      patches: 0,
      masterKey,
    })
    await store.putStream(archive.key, archive.pieces())
    await store.put(`${archive.key}.sha256`, Buffer.from(await archive.sidecar()))
  }
  return pruneLab({ store, system: chango })
}

const fates = ({
  rows,
}: {
  readonly rows: readonly { readonly backupId: string; readonly fate: string }[]
}) => ({
  kept: rows.filter(({ fate }) => fate === 'keep').map(({ backupId }) => backupId),
  deleted: rows.filter(({ fate }) => fate === 'delete').map(({ backupId }) => backupId),
})

async function refusal(work: Promise<unknown>): Promise<HoldfastError> {
  return work.then(
    () => {
      throw new Error('It was not refused.')
    },
    (error: HoldfastError) => error,
  )
}

describe('The clean-up of a repository', () => {
  test('of kiseki keeps 7 days and at most 10, those with shards first; what is left is as good as before', async () => {
    const lab = await kisekiLab()
    await prove(lab)
    const { plan } = await planned(lab, { rules: kiseki.usualRetention ?? newestOnly })
    const { kept, deleted } = fates(plan)
    expect([kept.length, deleted.length]).toEqual([10, 14])
    // Runs 13, 17 and 21 have shards; the rest of the room goes to the newest empty ones.
    expect(kept).toEqual([23, 22, 21, 20, 19, 18, 17, 16, 15, 13].map((run) => lab.ids[run]))
    expect(plan.freesBytes).toBe(plan.rows.reduce((sum, row) => sum + row.freesBytes, 0))
    const result = await runPrune(plan, lab.store)
    expect(result).toEqual({ deleted: 28, freedBytes: plan.freesBytes, goneBefore: 0, stillThere: [] })
    expect(Object.keys(await prove(lab)).sort()).toEqual([...kept].sort())
  })

  test('of kiok keeps the holders of what is kept: every backup left is good', async () => {
    const lab = await kiokLab()
    await prove(lab)
    const { plan } = await planned(lab, { rules: { keepLast: 2, keepDays: null, atMost: null } })
    const [n0, n1, n2, n3, n4, n5, n6, n7] = lab.ids
    expect(fates(plan)).toEqual({ kept: [n7, n6, n5, n2, n0], deleted: [n4, n3, n1] })
    expect(plan.rows.find(({ backupId }) => backupId === n2)?.reason).toBe(
      `${n7} and 2 more need an object that lies here.`,
    )
    await runPrune(plan, lab.store)
    const verdicts = await prove(lab)
    expect(verdicts).toEqual(Object.fromEntries([n7, n6, n5, n2, n0].map((id) => [id, 'good'])))
  })

  test('of chango deletes the sidecar before its archive', async () => {
    const lab = await changoLab()
    await prove(lab)
    const { plan } = await planned(lab)
    expect(plan.deletes).toHaveLength(6)
    for (const [place, { key }] of plan.deletes.entries())
      expect(key.endsWith('.sha256')).toBe(place % 2 === 0)
    await runPrune(plan, lab.store)
    expect(await keysOf(lab.store)).toHaveLength(2)
  })

  test('deletes nothing while nothing is proved, and nothing sealed without its key', async () => {
    const unread = await kiokLab()
    expect((await planned(unread)).plan.deletes).toEqual([])
    const sealed = await kiokLab()
    await prove(sealed)
    const { key: _, ...keyless } = sealed
    expect((await planned(keyless)).plan.deletes).toEqual([])
    expect((await planned(sealed)).plan.deletes).not.toEqual([])
  })

  test('keeps what is held, by any unambiguous beginning of its id', async () => {
    const lab = await kisekiLab()
    await prove(lab)
    const [oldest = ''] = lab.ids
    const { plan } = await planned(lab, { hold: [oldest.slice(0, 16)] })
    expect(plan.rows.at(-1)).toMatchObject({
      backupId: oldest,
      fate: 'keep',
      reason: expect.stringMatching(/^Held/),
    })
    expect((await refusal(planned(lab, { hold: ['2026'] }))).code).toBe('backup.ambiguous')
  })

  test('deletes nothing older than a manifest that cannot be understood', async () => {
    const lab = await kiokLab()
    const id = lab.ids[4] ?? ''
    await editObject(lab.store, `${id}/manifest.json`, () => Buffer.from('{'))
    await prove(lab)
    const { plan } = await planned(lab)
    expect(fates(plan).deleted).toEqual([lab.ids[6]])
    expect(fates(plan).kept).toEqual(expect.arrayContaining(lab.ids.slice(0, 5)))
  })

  test('refuses rules that keep nothing', async () => {
    const lab = await kisekiLab()
    for (const rules of [
      { keepLast: null, keepDays: null, atMost: null },
      { keepLast: null, keepDays: null, atMost: 5 },
      { keepLast: 0, keepDays: null, atMost: null },
      { keepLast: null, keepDays: 0, atMost: null },
      { keepLast: 2.5, keepDays: null, atMost: null },
      { keepLast: Number.NaN, keepDays: null, atMost: null },
    ])
      expect((await refusal(planned(lab, { rules }))).code).toBe('usage')
  })

  test('refuses where the repository answers strangely, and has deleted nothing', async () => {
    const lab = await kisekiLab()
    await prove(lab)
    const before = await keysOf(lab.store)
    const deleting: ObjectStore['delete'] = async () => {
      throw new Error('Something was deleted.')
    }
    const lying: ObjectStore = {
      ...lab.store,
      delete: deleting,
      async *list(options) {
        let listed = 0
        for await (const entry of lab.store.list(options)) {
          if ((listed += 1) > 20) throw scriptedFailure('repository.badAnswer')
          yield entry
        }
      },
    }
    expect((await refusal(planned({ ...lab, store: lying }))).code).toBe('repository.badAnswer')
    const silent: ObjectStore = {
      ...lab.store,
      delete: deleting,
      get: async (key, options) => {
        if (key === `${lab.ids[3]}/manifest.json`) throw scriptedFailure('repository.unreachable')
        return lab.store.get(key, options)
      },
    }
    const refused = await refusal(planned({ ...lab, store: silent }))
    expect([refused.code, refused.text.what]).toEqual([
      'object.unreadable',
      `Nothing is deleted while ${lab.ids[3]} cannot be read.`,
    ])
    expect(await keysOf(lab.store)).toEqual(before)
  })
})

describe('A plan of what is deleted', () => {
  test('has the same hash as long as nothing changed, and another one as soon as something did', async () => {
    const lab = await kisekiLab()
    await prove(lab)
    const { hash } = await planned(lab)
    expect((await planned({ ...lab, at: '2026-11-21T05:00:00Z' })).hash).toBe(hash)
    expect((await planned(lab, { rules: { keepLast: 2, keepDays: null, atMost: null } })).hash).not.toBe(hash)
    await writeKisekiSnapshot({ seed: 'new', at: '2026-11-21T04:00:00Z', shards: [] }, lab.store)
    expect((await planned(lab)).hash).not.toBe(hash)
  })

  test('sweeps what failed uploads left only where that is asked for, and only once it is a day old', async () => {
    const lab = await kisekiLab()
    await prove(lab)
    const orphan = lab.ids[20] ?? ''
    await lab.store.delete(`${orphan}/manifest.json`)
    const left = await planned(lab)
    expect(left.plan.orphans).toEqual([
      {
        name: orphan,
        fate: 'keep',
        reason: expect.stringMatching(/only where that is asked for/),
        objects: 1,
        sizeBytes: 1024,
      },
    ])
    const swept = await planned(lab, { sweepsOrphans: true })
    expect(swept.plan.deletes.at(-1)?.key).toBe(`${orphan}/snapshot.tar`)
    // The lab's objects were written in the first minutes of the year.
    const young = await planned({ ...lab, at: '2026-01-01T06:00:00Z' }, { sweepsOrphans: true })
    expect(young.plan.orphans[0]?.fate).toBe('keep')
  })

  test('takes no object of kiok for left over that a backup needs', async () => {
    const lab = await kiokLab()
    await prove(lab)
    const [first = '', second = ''] = lab.ids
    for (const id of [first, second]) await lab.store.delete(`${id}/manifest.json`)
    const { plan } = await planned(lab, {
      sweepsOrphans: true,
      rules: { keepLast: 8, keepDays: null, atMost: null },
    })
    expect(plan.orphans.map(({ name, fate }) => [name, fate])).toEqual([
      [first, 'delete'],
      [second, 'delete'],
    ])
    // Night 0 still holds three stores for all others; its metadata and kms are nobody's.
    const swept = plan.deletes.map(({ key }) => key)
    expect(swept).toContain(`${second}/metadata.enc`)
    expect(swept).not.toContain(`${first}/iam.enc`)
    await runPrune(plan, lab.store)
    expect(new Set(Object.values(await prove(lab)))).toEqual(new Set(['good']))
  })

  test('of armada finds tables without their manifest, and leaves a folder with anything else alone', async () => {
    const store = memoryStore()
    const lab = { seed: 'prune', tables: { accounts: 30, limits: 0 } }
    await makeArmadaBackup('20261117T020000Z', '2026-11-17T02:00:00Z', lab, store)
    for (const name of ['20261116T020000Z', '20261115T020000Z']) {
      await makeArmadaBackup(name, '2026-11-16T02:00:00Z', lab, store)
      await store.delete(`${name}/manifest.json`)
    }
    await store.put('20261115T020000Z/notes.txt', Buffer.from('ours'))
    const { plan } = await planned(pruneLab({ store, system: armada }), { sweepsOrphans: true })
    expect(plan.orphans).toMatchObject([{ name: '20261116T020000Z', fate: 'delete', objects: 3 }])
  })

  test('of chango finds a line beside an archive that the cluster itself has deleted', async () => {
    const lab = await changoLab()
    const [oldest = ''] = (await keysOf(lab.store)).filter((key) => key.endsWith('.tar.gz'))
    await lab.store.delete(oldest)
    await lab.store.put('notes.txt.sha256', Buffer.from('ours'))
    const { plan } = await planned(lab, { sweepsOrphans: true })
    expect(plan.orphans).toMatchObject([{ name: `${oldest}.sha256`, fate: 'delete', objects: 1 }])
  })

  test('keeps a pinned backup by every name that it goes by, and says why', async () => {
    const lab = await changoLab()
    await prove(lab)
    const [, second = ''] = (await keysOf(lab.store)).filter((key) => key.endsWith('.tar.gz'))
    const pins = [
      { backupId: second.replace('.tar.gz', ''), reason: 'Legal case 12' },
      { backupId: 'one that went long ago', reason: 'x' },
    ]
    const before = await planned(lab, { pins })
    expect(before.plan.rows.filter(({ reason }) => reason === 'Pinned: Legal case 12.')).toHaveLength(1)
    // Another object of that name: the ids are whole keys from now on.
    await lab.store.put(`other/${second}`, Buffer.from('another'))
    const { plan } = await planned(lab, { pins })
    expect(plan.rows.some(({ backupId }) => backupId === `other/${second.replace('.tar.gz', '')}`)).toBe(true)
    expect(plan.deletes.map(({ key }) => key)).not.toContain(second)
  })

  test('is not run on an object that was written anew', async () => {
    const lab = await kisekiLab()
    await prove(lab)
    const { plan } = await planned(lab)
    const victim = plan.deletes[5]?.key ?? ''
    await lab.store.put(victim, Buffer.from('new'))
    const refused = await refusal(runPrune(plan, lab.store))
    expect(refused.code).toBe('object.changed')
    expect(refused.text.unchanged).toMatch(
      /^5.objects of \d+ had been deleted before; every backup that is still there is whole\.$/,
    )
    expect(await lab.store.head(victim)).not.toBeNull()
  })

  test('goes on over what somebody else deleted, and tells what the repository did not let go', async () => {
    const lab = await kisekiLab()
    await prove(lab)
    const { plan } = await planned(lab)
    const [first, second] = plan.deletes
    await lab.store.delete(first?.key ?? '')
    const holding: ObjectStore = {
      ...lab.store,
      delete: async (key, options) => (key === second?.key ? undefined : lab.store.delete(key, options)),
    }
    expect(await runPrune(plan, holding)).toMatchObject({
      deleted: plan.deletes.length - 1,
      goneBefore: 1,
      stillThere: [second?.key],
    })
  })

  test('stops when it is cancelled, and says how far it came', async () => {
    const lab = await kisekiLab()
    await prove(lab)
    const { plan } = await planned(lab)
    const stop = new AbortController()
    const refused = await refusal(
      runPrune(plan, lab.store, {
        signal: stop.signal,
        onProgress: () => stop.abort(),
      }),
    )
    expect([refused.code, refused.text.unchanged]).toEqual([
      'cancelled',
      expect.stringMatching(/^1.object of/),
    ])
  })
})

class Killed extends Error {}

/** A store that dies at its `at`-th call, before or after it took place. */
function dying(store: ObjectStore, at: number, when: 'before' | 'after'): ObjectStore & { calls(): number } {
  let calls = 0
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    calls += 1
    if (calls > at || (calls === at && when === 'before')) throw new Killed()
    const result = await work()
    if (calls === at) throw new Killed()
    return result
  }
  return {
    ...store,
    calls: () => calls,
    head: (key, options) => call(() => store.head(key, options)),
    delete: (key, options) => call(() => store.delete(key, options)),
    async *list(options) {
      await call(async () => undefined)
      yield* store.list(options)
    },
  }
}

async function copyOf(lab: PruneLab): Promise<PruneLab> {
  const store = memoryStore()
  for (const key of await keysOf(lab.store)) await store.putStream(key, (await lab.store.get(key)).pieces)
  return { ...pruneLab(lab), store }
}

describe.each([
  ['kiok', kiokLab],
  ['kiseki', kisekiLab],
  ['chango', changoLab],
] as const)('A clean-up of %s that is killed', (_, make) => {
  test.each(['before', 'after'] as const)(
    '%s any call leaves whole backups and objects of none, and the next one ends what it began',
    async (when) => {
      const original = await make()
      const whole = await listed(original)
      await prove(original)
      const expected = fates((await planned(original)).plan).kept
      let calls = Infinity
      for (let at = 1; at <= calls; at += 1) {
        const lab = await copyOf(original)
        await prove(lab)
        const { plan } = await planned(lab)
        const store = dying(lab.store, at, when)
        const outcome = await runPrune(plan, store).catch((error: unknown) => error)
        if (!(outcome instanceof Killed)) {
          calls = 0
          expect(store.calls()).toBe(2 * plan.deletes.length + 1)
        }
        const keys = new Set(await keysOf(lab.store))
        for (const [id, objects] of await listed(lab)) expect([id, objects]).toEqual([id, whole.get(id)])
        for (const id of expected) for (const key of whole.get(id) ?? []) expect(keys).toContain(key)
        const again = await planned(lab, { sweepsOrphans: true })
        await runPrune(again.plan, lab.store)
        expect([...(await listed(lab)).keys()]).toEqual(expected)
        expect((await planned(lab, { sweepsOrphans: true })).plan.deletes).toEqual([])
      }
      expect(calls).toBe(0)
    },
  )
})
