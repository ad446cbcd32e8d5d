import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Answer, Run } from '../../../src/shared/contract/runbooks.ts'
import { postgresProblem, standbyOf } from '../../lab/postgres.ts'
import { writeAround } from '../../lab/runbooks/kindling.ts'
import { openKindlingLab, throwaway, type KindlingRunLab } from './kindling-lab.ts'
import { settled, stepOf, whereabouts, type Answers } from './run-lab.ts'

const problem = postgresProblem()
const waiting = "SELECT count(*) FROM project_volume_operations WHERE status IN ('pending','running')"
const atOnce: Answers = { 'choose-grace': () => ({ kind: 'choose', option: 'none' }) }

describe.skipIf(problem !== null)(
  `the runbooks of kindling over real SSH servers, PostgreSQL and pgBackRest${problem === null ? '' : ` (skipped: ${problem})`}`,
  () => {
    let lab: KindlingRunLab
    let target: string
    let restoring: string

    beforeAll(async () => {
      lab = await openKindlingLab('pgbackrest')
      const { postgres } = lab.kindling
      await postgres.pgBackRest('stanza-create')
      await postgres.pgBackRest('backup', '--type=full')
      target = await writeAround(postgres)
      await postgres.sql(
        `INSERT INTO cluster_audit_events VALUES
         ('00000000-0000-4000-8000-0000000000c1', 'server.drain', 'server', NULL, '{"hostname": "kindling-1"}', now() - interval '1 hour'),
         ('00000000-0000-4000-8000-0000000000c2', 'auth.provider.update', NULL, NULL, '{"secret": "not for a report"}', now())`,
      )
    })
    afterAll(async () => lab.close())

    test('KD-2 restores the database to a moment, with nothing of kindling running before it is checked, though every host is rebooted meanwhile', async () => {
      const { kindling } = lab
      const before = new Set<string | null>()
      const rebooted = async ({ current }: Run): Promise<Answer | null> => {
        if (before.has(current)) return null
        before.add(current)
        await Promise.all([kindling.reboot(0), kindling.reboot(1)])
        return { kind: 'go' }
      }
      const run = await lab.through(
        'KD-2',
        { time: target },
        {
          'choose-point': async ({ id }) => lab.advised(id, 'choose-point'),
          'choose-grace': () => ({ kind: 'choose', option: 'grace' }),
          'stop-postgres': rebooted,
          'move-aside': rebooted,
          restore: rebooted,
          'start-closed': rebooted,
          'accept-canary': () => ({ kind: 'did', note: 'seen' }),
        },
      )
      restoring = run.id
      expect(stepOf(run, 'hold-units')?.evidence.map(({ value }) => value)).toEqual(
        Array.from({ length: 7 }, () => 'is held back'),
      )
      expect(await lab.notes()).toEqual(['in the backup', 'before the target'])
      expect(stepOf(run, 'same-key')?.state).toBe('done')
      // The restore has taken them back.
      expect(await kindling.postgres.sql('SELECT count(*) FROM cluster_audit_events')).toBe('0')
      expect(stepOf(run, 'audit-rows')?.evidence.map(({ value }) => value)).toEqual([
        'auth.provider.update',
        'server.drain server {"hostname":"kindling-1"}',
      ])
      expect(stepOf(run, 'accept-volume-backups')?.state).toBe('done')
      expect(stepOf(run, 'stale-operations')?.state).toBe('done')
      expect(await kindling.postgres.sql(waiting)).toBe('0')
      for (const host of [0, 1]) {
        const log = (await kindling.unitLog(host)).filter((line) => line.includes('kindling@'))
        expect(log.slice(0, 2)).toEqual(['stop kindling@api.service', 'stop kindling@worker.service'])
        expect(log.slice(2).sort()).toEqual(['start kindling@api.service', 'start kindling@worker.service'])
        expect(await kindling.holds(host)).toEqual([])
      }
      expect((await kindling.unitLog(0)).filter((line) => line.includes('postgresql'))).toEqual([
        'stop postgresql@lab.service',
        'start postgresql@lab.service',
      ])
      expect(run.rpo?.lostMs).toBeGreaterThan(0)
      expect(stepOf(run, 'full-backup')?.state).toBe('done')
      // What Barman alone leaves behind is no step here.
      expect(stepOf(run, 'archive-again')).toBeUndefined()
      expect(run.list.filter(({ state }) => state === 'failed' || state === 'unknown')).toEqual([])
      expect(await lab.leaks(lab.secrets)).toEqual([])
      await lab.running.desk.runbooks.close(run.id, run.current === null ? 'finished' : 'abandoned', 'a test')
    })

    test('KD-5 stops nothing for a run that moved nothing aside', async () => {
      const { kindling } = lab
      const log = await kindling.unitLog(0)
      const run = await lab.through('KD-5', { run: 'run-0123456789ab' })
      expect(whereabouts(run)).toContain('aside failed: No restore with run-0123456789ab was begun there.')
      expect(await kindling.unitLog(0)).toEqual(log)
      await lab.running.desk.runbooks.close(run.id, 'abandoned', 'a test')
    })

    test('KD-5 puts the database back that the restore had moved aside, and ends the volume operations that wait in it before a worker starts', async () => {
      const { kindling } = lab
      const { runbooks } = lab.running.desk
      const cut = await lab.through('KD-5', { run: restoring }, { 'stale-operations': () => null })
      expect(await kindling.postgres.sql(waiting)).toBe('1')
      // Its workers would carry it out.
      await runbooks.close(cut.id, 'abandoned', 'a test')
      expect(stepOf(runbooks.get(cut.id), 'hold-units')?.sentence).toContain('came as far as “back”')
      expect((await kindling.holds(0)).length).toBeGreaterThan(0)
      const run = await lab.through(
        'KD-5',
        { run: restoring },
        { ...atOnce, 'accept-postgres': () => null, 'accept-canary': () => null },
      )
      expect(stepOf(run, 'stale-operations')?.sentence).toMatch(/^1\soperation on volumes ended as failed/)
      const order = run.list.map(({ id }) => id)
      expect(order.indexOf('put-back')).toBeLessThan(order.indexOf('check-database'))
      expect(order.indexOf('stale-operations')).toBeLessThan(order.indexOf('open'))
      expect(await kindling.postgres.sql(waiting)).toBe('0')
      await runbooks.close(run.id, 'abandoned', 'a test')
      expect(await kindling.holds(0)).toEqual([])
      expect(await lab.notes()).toEqual(['in the backup', 'before the target', 'after the target'])
    })

    test('a run that is abandoned half way keeps everything from starting and says how that ends; KD-5 ends it', async () => {
      const { kindling } = lab
      const { runbooks } = lab.running.desk
      const run = await lab.through(
        'KD-2',
        { time: target },
        { 'choose-point': async ({ id }) => lab.advised(id, 'choose-point'), restore: () => null },
      )
      await runbooks.close(run.id, 'abandoned', 'a test')
      const held = stepOf(runbooks.get(run.id), 'hold-units')
      expect(held?.sentence).toContain('kindling@worker.service')
      expect(held?.sentence).toContain('is between two states: its restore came as far as “moved”')
      expect(held?.next).toContain(`sudo rm /etc/systemd/system/*.d/zz-holdfast-${run.id}.conf`)
      await kindling.reboot(0)
      expect((await kindling.unitLog(0)).filter((line) => line.startsWith('boot'))).toEqual([])
      const said: string[] = []
      for await (const probe of await lab.client.masters.probe({ id: lab.clusterId }))
        if (probe.id === 'units') said.push(probe.answer)
      expect(said).toEqual(
        Array.from(
          { length: 2 },
          () => 'A runbook of Holdfast keeps from starting: kindling@api.service, kindling@worker.service.',
        ),
      )
      const back = await lab.through(
        'KD-5',
        { run: run.id },
        { ...atOnce, 'accept-postgres': () => null, 'accept-canary': () => null },
      )
      await runbooks.close(back.id, 'abandoned', 'a test')
      expect(await lab.notes()).toEqual(['in the backup', 'before the target', 'after the target'])
      for (const host of [0, 1]) expect(await kindling.holds(host)).toEqual([])
    })

    test('a server that a reboot has ended is started closed again, and a run that is taken back and abandoned leaves every unit as it was found', async () => {
      const { kindling } = lab
      const { runbooks } = lab.running.desk
      const run = await lab.through(
        'KD-2',
        { time: target },
        { 'choose-point': async ({ id }) => lab.advised(id, 'choose-point'), 'stale-operations': () => null },
      )
      const answered = async (step: string, answer: Answer): Promise<string | undefined> => {
        await runbooks.proceed(run.id, step, answer)
        return stepOf(await settled(runbooks, run.id), step)?.state
      }
      await kindling.reboot(0)
      expect(await answered('start-closed', { kind: 'takeBack' })).toBe('takenBack')
      expect(await answered('confirm-restore', { kind: 'confirm', typed: lab.name })).toBe('done')
      expect(await answered('start-closed', { kind: 'go' })).toBe('done')
      expect(await answered('start-closed', { kind: 'takeBack' })).toBe('takenBack')
      expect(await answered('move-aside', { kind: 'takeBack' })).toBe('takenBack')
      expect((await kindling.holds(0)).length).toBeGreaterThan(0)
      await runbooks.close(run.id, 'abandoned', 'a test')
      for (const host of [0, 1]) {
        expect(await kindling.holds(host)).toEqual([])
        await kindling.reboot(host)
        expect((await kindling.unitLog(host)).filter((line) => line.startsWith('boot kindling'))).toEqual([
          'boot kindling@api.service',
          'boot kindling@worker.service',
        ])
      }
      expect(await lab.notes()).toEqual(['in the backup', 'before the target', 'after the target'])
    })

    test('KD-8 restarts one unit of one host, once, and sees it start', async () => {
      const [first = ''] = lab.kindling.hosts
      await lab.kindling.logs(0, 'WAL listener failed: no slot')
      const { run, acts } = await lab.throughCut('after', 'KD-8', { host: first, component: 'api' })
      expect(whereabouts(run)).toBe('all behind')
      expect(stepOf(run, 'log')?.sentence).toContain('at last: WAL listener failed: no slot')
      expect([...acts]).toEqual([['restart', 1]])
      const restarts = async (host: number) =>
        (await lab.kindling.unitLog(host)).filter((line) => line.startsWith('restart'))
      expect(await restarts(0)).toEqual(['restart kindling@api.service'])
      expect(await restarts(1)).toEqual([])
      expect(stepOf(run, 'accept-log')?.state).toBe('done')
    })

    test('KD-4 makes a superuser and an API key, keeps the key in the vault, and ends only once the throwaway is refused', async () => {
      const { accounts } = lab.kindling
      accounts.revokeAll()
      const inputs = { login: lab.credentials['throwaway'] ?? '', host: '', program: 'kindling' }
      const refusals: (string | null | undefined)[] = []
      const { run, acts } = await lab.throughCut('after', 'KD-4', inputs, {
        'change-password': async (at) => {
          refusals.push(stepOf(at, 'change-password')?.sentence)
          if (refusals.length > 1) await accounts.changePassword(throwaway.user, 'lasting')
          return { kind: 'did', note: '' }
        },
      })
      expect(whereabouts(run)).toBe('all behind')
      expect(refusals).toEqual([null, 'The throwaway password is accepted still.'])
      expect(stepOf(run, 'change-password')?.sentence).toBe('The throwaway password is refused.')
      expect([...acts]).toEqual([
        ['superuser', 1],
        ['api-key', 1],
      ])
      expect(accounts.keys()).toEqual([`holdfast-${run.id}`])
      expect(await lab.leaks([throwaway.password, ...accounts.tokens()])).toEqual([])
    })

    test('KD-3 promotes a standby only once its primary takes no writes, and promotes it once', async () => {
      const { kindling } = lab
      const standby = await standbyOf(kindling.postgres)
      try {
        const inputs = { standby: kindling.hosts[1] ?? '', postgres: standby.connection }
        const answers = {
          'choose-way': () => ({ kind: 'choose', option: 'psql' }) as const,
          'choose-grace': () => ({ kind: 'choose', option: 'none' }) as const,
          // The stanza of this lab is of the primary's folder alone.
          'full-backup': () => ({ kind: 'skip', reason: 'the stanza is of the old host' }) as const,
        }
        const refused = await lab.throughCut('before', 'KD-3', inputs, answers)
        expect(whereabouts(refused.run)).toContain('It receives WAL from a primary that lives.')
        expect(refused.acts.size).toBe(0)

        await kindling.postgres.sql(
          "INSERT INTO notes VALUES ('received'); DELETE FROM project_volume_operations",
        )
        // What was not sent is lost with the primary.
        while (!(await standby.sql('SELECT text FROM notes')).includes('received'));
        await kindling.postgres.end()
        const { run, acts } = await lab.throughCut('after', 'KD-3', inputs, {
          ...answers,
          // Nothing of kindling listens to it in this lab.
          'accept-postgres': () => ({ kind: 'skip', reason: 'no listener' }),
        })
        expect(whereabouts(run)).toBe('all behind')
        expect(stepOf(run, 'fence')?.sentence).toContain('PostgreSQL does not')
        expect(await standby.sql('SELECT pg_is_in_recovery()')).toBe('f')
        expect(await standby.sql('SELECT text FROM notes')).toContain('received')
        expect(acts.get('promote')).toBe(1)
      } finally {
        await standby.stop()
      }
    })

    test('KD-7 moves the volumes of a worker once each, drains it, and says what it may not move', async () => {
      const { kindling } = lab
      const said: (string | null | undefined)[] = []
      let before = kindling.changes()
      const inputs = { server: 'id-of-kindling-1', target: 'id-of-kindling-2' }
      const { run, acts } = await lab.throughCut('after', 'KD-7', inputs, {
        detach: async (at) => {
          said.push(stepOf(at, 'detach')?.sentence)
          if (said.length > 1) {
            const { id } = await lab.client.masters.snapshot({ id: lab.clusterId, way: 'volumes' })
            for await (const _ of await lab.client.jobs.events({ id, after: 0 })) continue
            before = kindling.changes()
          }
          return { kind: 'did', note: '' }
        },
        'accept-volumes': () => ({ kind: 'skip', reason: 'their administrators know' }),
      })
      expect(whereabouts(run)).toBe('all behind')
      expect(stepOf(run, 'worker')?.sentence).toContain('the API key here moves none of them')
      expect(stepOf(run, 'move-volumes')?.sentence).toBe('No volume of this organisation lies on the worker.')
      expect(stepOf(run, 'drain')?.sentence).toBe('It is draining.')
      expect([...acts]).toEqual([
        ['move-volumes', 1],
        ['drain', 1],
      ])
      expect(said).toEqual([
        null,
        expect.stringMatching(/^Not backed up since this run began: .*project-0\.$/),
      ])
      expect(kindling.changes() - before).toBe(2)
    })

    test('KD-7 takes nothing from a worker whose host is dead: it waits until kindling calls it dead, changes nothing, and names what KD-6 has to restore', async () => {
      const { kindling } = lab
      kindling.tellWorker(0, { status: 'active', heartbeat_health: 'healthy' })
      await kindling.killHost(1)
      kindling.tellWorker(1, { status: 'active', heartbeat_health: 'stale' })
      const before = kindling.changes()
      const said: (string | null | undefined)[] = []
      const inputs = { server: 'id-of-kindling-2', target: '' }
      const { run, acts } = await lab.throughCut('after', 'KD-7', inputs, {
        worker: (at) => {
          said.push(stepOf(at, 'worker')?.sentence)
          kindling.tellWorker(1, { status: 'dead', heartbeat_health: 'stale' })
          return { kind: 'go' }
        },
        'accept-volumes': (at) => {
          said.push(stepOf(at, 'accept-volumes')?.sentence)
          return { kind: 'skip', reason: 'KD-6 is next' }
        },
      })
      expect(whereabouts(run)).toBe('all behind')
      expect(said).toEqual([
        'kindling-2 is active, and its heartbeat is stale.',
        expect.stringMatching(/^Left on it: .*project-1\.$/),
      ])
      expect(stepOf(run, 'worker')?.sentence).toMatch(
        /^kindling-2 is dead, with .* To be restored by KD-6: .*project-1\.$/,
      )
      for (const step of ['detach', 'move-volumes', 'drain', 'empty', 'deploy'])
        expect(stepOf(run, step)).toMatchObject({ state: 'notNeeded' })
      expect(stepOf(run, 'accept-servers')?.sentence).toMatch(/^1\sserver active, each with a heartbeat\.$/)
      expect([...acts]).toEqual([])
      expect(kindling.changes()).toBe(before)
    })
  },
)
