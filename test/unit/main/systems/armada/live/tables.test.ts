import { describe, expect, test } from 'vitest'
import { compareTable } from '../../../../../../src/main/systems/armada/live/compare-table.ts'
import { countKeys, readPages, shardOf } from '../../../../../../src/main/systems/armada/live/key-values.ts'
import { putBackMissing } from '../../../../../../src/main/systems/armada/live/put-back.ts'
import { findRestoreServer } from '../../../../../../src/main/systems/armada/live/restore-server.ts'
import { restoreTable } from '../../../../../../src/main/systems/armada/live/restore-table.ts'
import { writesSeen } from '../../../../../../src/main/systems/armada/live/writes-seen.ts'
import { readRestoreSources } from '../../../../../../src/main/systems/armada/restore-sources.ts'
import {
  contentsOf,
  fingerprint,
  withRestoreLab,
  type RestoreLab,
} from '../../../../../lab/masters/armada-restore.ts'

async function partsOf({ session, config, report, store, backupId }: RestoreLab) {
  const target = await findRestoreServer(session, config, report)
  const [source] = (await readRestoreSources(store, backupId)).tables
  if (source === undefined) throw new Error('no source')
  return { target, source, link: target.server.link }
}

describe('A table of many pages', () => {
  const many = { tables: {}, saved: { accounts: 12_500 }, logBytes: 1_000_000 }

  test('is given page by page, each key once, in order', async () => {
    await withRestoreLab(
      async ({ server, session, config, report }) => {
        const {
          server: { link },
        } = await findRestoreServer(session, config, report)
        const keys: string[] = []
        const sizes: number[] = []
        const shard = (await shardOf(link, 'accounts')) ?? ''
        for await (const page of readPages(link, { table: 'accounts', shard })) {
          sizes.push(page.length)
          keys.push(...page.map(({ key }) => Buffer.from(key).toString('latin1')))
        }
        expect(keys).toEqual(server.tables.from('accounts', Buffer.of(1)))
        // A page begins with the last key of the one before, which is left out.
        expect(sizes).toEqual([5_000, 4_999, 2_501])
      },
      { ...many, tables: { accounts: 12_500 } },
    )
  })

  test('gets back each key that is missing, at the edges of its pages too, and nothing else', async () => {
    await withRestoreLab(async (lab) => {
      const { target, source, link } = await partsOf(lab)
      await restoreTable(target, source, lab.store)
      const all = lab.server.tables.from('accounts', Buffer.of(1))
      for (const place of [0, 1, 4_998, 4_999, 5_000, 5_001, 9_998, 9_999, 10_000, 12_498, 12_499])
        lab.server.tables.drop('accounts', all[place] ?? '')
      const puts = lab.server.changes()
      expect(await compareTable(link, source, lab.store, target)).toMatchObject({
        isEqual: false,
        tableKeys: 12_489,
        sentence: expect.stringMatching(/it has 12.489.keys, and its file 12.500/),
      })
      expect(await putBackMissing(link, source, lab.store)).toMatchObject({ put: 11, extra: 0 })
      expect(lab.server.changes() - puts).toBe(11)
      expect(await compareTable(link, source, lab.store, { ...target, everyValue: true })).toMatchObject({
        isEqual: true,
        valuesCompared: 12_500,
      })
      expect(fingerprint(contentsOf(lab.server).get('accounts'))).toBe(fingerprint(lab.saved.get('accounts')))
      // Once more changes nothing.
      expect(await putBackMissing(link, source, lab.store)).toMatchObject({ put: 0 })
    }, many)
  })

  test('is compared in at least 100 values, and in the end of each batch with its neighbours', async () => {
    await withRestoreLab(async (lab) => {
      const { target, source, link } = await partsOf(lab)
      const { twice } = await restoreTable(target, source, lab.store)
      expect(twice).toBeGreaterThan(3)
      const compared = await compareTable(link, source, lab.store, target)
      expect(compared.isEqual).toBe(true)
      expect(compared.valuesCompared).toBeGreaterThanOrEqual(200 + twice)
      const sampled = lab.server.tables.from('accounts', Buffer.of(1))[6_199] ?? ''
      lab.server.tables.put('accounts', Buffer.from(sampled, 'latin1'), Buffer.from('another value'))
      expect(await compareTable(link, source, lab.store, target)).toMatchObject({
        isEqual: false,
        differing: 1,
      })
    }, many)
  })
})

describe('A server whose clients shall be stopped', () => {
  test('tells which tables are still written to', async () => {
    await withRestoreLab(async ({ server, session, config, report }) => {
      const target = await findRestoreServer(session, config, report)
      const tables = ['accounts', 'sessions']
      expect(await writesSeen(target.server, tables)).toEqual([])
      const waiting = async (ms: number, signal?: AbortSignal) => session.clock.wait(ms, signal)
      const { link } = target.server
      const writing = {
        ...target.server,
        link: {
          ...link,
          session: {
            ...session,
            clock: {
              ...session.clock,
              async wait(ms: number, signal?: AbortSignal) {
                server.tables.put('sessions', Buffer.from('new'), Buffer.from('written meanwhile'))
                return waiting(ms, signal)
              },
            },
          },
        },
      }
      expect(await writesSeen(writing, tables)).toEqual(['sessions'])
      expect((await countKeys(link, 'sessions')).keys).toBe(31)
    })
  })
})
