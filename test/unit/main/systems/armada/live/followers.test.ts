import { describe, expect, test } from 'vitest'
import { armada } from '../../../../../../src/main/systems/armada/armada.ts'
import { armadaConnection } from '../../../../../../src/main/systems/armada/live/connection.ts'
import { compareFollower } from '../../../../../../src/main/systems/armada/live/compare-follower.ts'
import { backUpFollower } from '../../../../../../src/main/systems/armada/live/read-follower.ts'
import { verifyRepository } from '../../../../../lab/verify-repository.ts'
import { resetFollower } from '../../../../../../src/main/systems/armada/live/reset-follower.ts'
import { renewFollowers } from '../../../../../../src/main/systems/armada/live/renew-followers.ts'
import { restoreArmada } from '../../../../../../src/main/systems/armada/live/restore-armada.ts'
import {
  findRestoreServer,
  type RestoreServer,
} from '../../../../../../src/main/systems/armada/live/restore-server.ts'
import { openServer, type ArmadaServer } from '../../../../../../src/main/systems/armada/live/server.ts'
import {
  readRestoreSources,
  type RestoreSource,
} from '../../../../../../src/main/systems/armada/restore-sources.ts'
import { startArmadaServer, type ArmadaLabServer } from '../../../../../lab/masters/armada.ts'
import {
  contentsOf,
  fingerprint,
  withRestoreLab,
  type RestoreLab,
} from '../../../../../lab/masters/armada-restore.ts'

interface FollowerLab extends RestoreLab {
  readonly target: RestoreServer
  readonly follower: ArmadaServer
  readonly followerServer: ArmadaLabServer
  readonly source: RestoreSource
}

/** A leader whose table was restored, and a follower that has what it had before. */
async function withFollower(
  work: (lab: FollowerLab) => Promise<void>,
  saved?: Readonly<Record<string, number>>,
): Promise<void> {
  const tables = { accounts: 40, limits: 5, sessions: 30 }
  await withRestoreLab(
    async (lab) => {
      const followerServer = await startArmadaServer({ tables, version: 1, follows: lab.server })
      const { session, config, backupId, report, store } = lab
      try {
        for await (const _ of restoreArmada(session, config, { backupId, tables: ['accounts'] }, report));
        const [source] = (await readRestoreSources(store, backupId, { tables: ['accounts'] })).tables
        if (source === undefined) throw new Error('no source')
        await work({
          ...lab,
          target: await findRestoreServer(session, config, report),
          follower: await openServer(followerServer.origin, session, config),
          followerServer,
          source,
        })
      } finally {
        await followerServer.stop()
      }
    },
    { tables, ...(saved !== undefined && { saved }) },
  )
}

const tableOf = (server: ArmadaLabServer): string => fingerprint(contentsOf(server).get('accounts'))

describe('A follower that is reset', () => {
  test('keeps old values where it plays the log onto what it has, and equal counts do not hide it', async () => {
    await withFollower(async ({ target, follower, followerServer, server }) => {
      const { compared, isAnswered, shardBefore, shard } = await resetFollower(
        target.server.link,
        follower,
        'accounts',
      )
      expect(compared).toMatchObject({
        isEqual: false,
        leaderKeys: 60,
        followerKeys: 60,
        missing: 0,
        extra: 0,
        differing: 40,
      })
      expect(compared.sentence).toMatch(/is not as the leader has it: .*; 40.values differ\.$/)
      expect({ isAnswered, shardBefore, shard }).toEqual({
        isAnswered: true,
        shardBefore: '10001',
        shard: '10001',
      })
      expect(tableOf(followerServer)).not.toBe(tableOf(server))
    })
  })

  test('is the leader’s where it loads a snapshot whole', async () => {
    await withFollower(async ({ target, follower, followerServer, server }) => {
      followerServer.setFaults({ reset: 'loads' })
      const { compared } = await resetFollower(target.server.link, follower, 'accounts')
      expect(compared).toMatchObject({ isEqual: true, leaderKeys: 60 })
      expect(tableOf(followerServer)).toBe(tableOf(server))
    })
  })

  test('is not the leader’s where one value among hundreds is another one', async () => {
    await withFollower(
      async ({ target, follower, followerServer, server }) => {
        followerServer.tables.take('accounts', new Map(server.tables.contents('accounts')))
        const [, second = ''] = server.tables.from('accounts', new Uint8Array())
        followerServer.tables.put('accounts', Buffer.from(second, 'latin1'), Buffer.from('old'))
        expect(await compareFollower(target.server.link, follower.link, 'accounts')).toMatchObject({
          isEqual: false,
          differing: 1,
        })
      },
      { accounts: 600 },
    )
  })

  test('is told to lack keys where it loads a snapshot and loses some', async () => {
    await withFollower(async ({ target, follower, followerServer }) => {
      followerServer.setFaults({ reset: 'loadsAndLoses' })
      const { compared } = await resetFollower(target.server.link, follower, 'accounts')
      expect(compared).toMatchObject({ isEqual: false, missing: 9, extra: 0 })
    })
  })

  test('is asked once where the answer is lost', async () => {
    await withFollower(async ({ target, follower, followerServer }) => {
      // After the question of its role and the one of its shard.
      followerServer.setFaults({ reset: 'loads', cut: { call: 3, when: 'after' } })
      const { compared, isAnswered } = await resetFollower(target.server.link, follower, 'accounts')
      expect(isAnswered).toBe(false)
      expect(compared.isEqual).toBe(true)
      expect(followerServer.calls.filter((path) => path.endsWith('/Reset'))).toHaveLength(1)
    })
  })

  test('is refused where it is no follower', async () => {
    await withFollower(async ({ target, server }) => {
      const before = server.changes()
      await expect(resetFollower(target.server.link, target.server, 'accounts')).rejects.toMatchObject({
        code: 'master.notOffered',
        text: { what: expect.stringContaining('belongs to a leader cluster') },
      })
      expect(server.changes()).toBe(before)
    })
  })
})

describe('Followers that are renewed', () => {
  test('have the restored table, value for value', async () => {
    await withFollower(async (lab) => {
      const { target, follower, followerServer, source, store, report, server } = lab
      const { proved, followers } = await renewFollowers(target, [follower], source, store, report)
      expect(proved.compared.isEqual).toBe(true)
      expect(followers).toMatchObject([{ isEqual: true, leaderKeys: 60, followerKeys: 60 }])
      expect(tableOf(followerServer)).toBe(tableOf(server))
      expect(tableOf(server)).toBe(fingerprint(lab.saved.get('accounts')))
      expect(server.tables.id('sessions')).toBe('10003')
    })
  })

  test('are not, and nothing is deleted, where the leader’s table is not its file any more', async () => {
    await withFollower(async ({ target, follower, source, store, report, server }) => {
      server.tables.put('accounts', Buffer.from('zzz'), Buffer.from('written since'))
      await expect(renewFollowers(target, [follower], source, store, report)).rejects.toMatchObject({
        code: 'restore.refused',
        text: { unchanged: 'Nothing was deleted.' },
      })
      expect(server.calls).not.toContain('/regatta.v1.Tables/Delete')
    })
  })

  test('are not where one value among hundreds was written since, in a key that stood there before', async () => {
    await withFollower(
      async ({ target, follower, source, store, report, server }) => {
        const [first = ''] = server.tables.from('accounts', new Uint8Array())
        server.tables.put('accounts', Buffer.from(first, 'latin1'), Buffer.from('written since'))
        await expect(renewFollowers(target, [follower], source, store, report)).rejects.toMatchObject({
          code: 'restore.refused',
        })
        expect(server.tables.get('accounts', first)?.toString()).toBe('written since')
      },
      { accounts: 600 },
    )
  })

  test('can be asked for again where it was cut short after the table was deleted', async () => {
    await withFollower(async (lab) => {
      const { target, follower, followerServer, source, store, report, server } = lab
      server.tables.delete('accounts')
      await renewFollowers(target, [follower], source, store, report)
      expect(tableOf(server)).toBe(fingerprint(lab.saved.get('accounts')))
      expect(tableOf(followerServer)).toBe(tableOf(server))
    })
  })
})

describe('A follower whose leader is lost', () => {
  test('is read into a backup from which a new leader has every table', async () => {
    await withFollower(async ({ cluster, follower, followerServer, session, report, store }) => {
      await cluster.server.stop()
      const { backupId, tables } = await backUpFollower(follower, session, report)
      expect(tables).toEqual([
        { table: 'accounts', keys: 40 },
        { table: 'limits', keys: 5 },
        { table: 'sessions', keys: 30 },
      ])
      expect((await verifyRepository(store, armada)).said[backupId]).toMatchObject({ verdict: 'good' })
      const leader = await startArmadaServer({ tables: {}, version: 1, logBytes: 5_000 })
      try {
        const config = armadaConnection.parse({ servers: [leader.origin] })
        for await (const _ of restoreArmada(session, config, { backupId }, report));
        for (const [table, contents] of contentsOf(followerServer))
          expect(fingerprint(contentsOf(leader).get(table))).toBe(fingerprint(contents))
      } finally {
        await leader.stop()
      }
    })
  })

  test('gives no backup where a table changes while it is read, and leaves nothing', async () => {
    await withFollower(async ({ follower, followerServer, session, report, store }) => {
      const before = (await verifyRepository(store, armada)).said
      const log = (severity: 'info' | 'warning' | 'error', text: string): void => {
        report.log(severity, text)
        // The last table: its pages are read after this.
        if (text.includes('sessions')) followerServer.setFaults({ counts: 1 })
      }
      await expect(backUpFollower(follower, session, { ...report, log })).rejects.toMatchObject({
        code: 'master.badAnswer',
        text: { what: expect.stringContaining('and it counts 31') },
      })
      expect(Object.keys((await verifyRepository(store, armada)).said)).toEqual(Object.keys(before))
    })
  })
})
