import { chown, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConnection } from '../../src/main/systems/kindling/live/connection.ts'
import { postgresChecks } from '../../src/main/systems/kindling/restore/checks.ts'
import {
  lookAllStarted,
  openPostgresAndStartAllUnits,
  takeFullBackup,
} from '../../src/main/systems/kindling/restore/open-all.ts'
import { journalPath, type RestoreWish } from '../../src/main/systems/kindling/restore/pgdata-journal.ts'
import {
  asidePath,
  closeRestore,
  lookAside,
  lookBack,
  lookRestoreClosed,
  movePgdataAside,
  putPgdataBack,
} from '../../src/main/systems/kindling/restore/pgdata.ts'
import {
  lookRestored,
  restoreDatabaseInto,
  restoreToolOf,
} from '../../src/main/systems/kindling/restore/database-restore.ts'
import {
  lookClosed,
  openPostgres,
  startPostgresClosed,
  stopPostgres,
} from '../../src/main/systems/kindling/restore/postgres-server.ts'
import { choiceAt, restoreChoices } from '../../src/main/systems/kindling/restore/restore-points.ts'
import type { Site } from '../../src/main/systems/kindling/restore/site.ts'
import { startUnits, stopUnits, unitsStopped } from '../../src/main/systems/kindling/restore/units.ts'
import {
  heartbeatGrace,
  listVolumeOperations,
  neutraliseVolumeOperations,
} from '../../src/main/systems/kindling/restore/volume-operations.ts'
import type { OpenSession } from '../../src/main/desk/live/open-session.ts'
import { kindlingSchema, kindlingSecrets, startKindling, type KindlingLab } from '../lab/masters/kindling.ts'
import { labSessions } from '../lab/masters/lab-session.ts'
import { postgresProblem, postgresTemplate, type PostgresTemplate } from '../lab/postgres.ts'

const problem = postgresProblem()
const stamp = 'run-1'
const volume = '00000000-0000-4000-8000-0000000000aa'
const operation = '00000000-0000-4000-8000-0000000000bb'

describe.skipIf(problem !== null)(
  `the restore of a database over real SSH servers, PostgreSQL and pgBackRest${problem === null ? '' : ` (skipped: ${problem})`}`,
  () => {
    let template: PostgresTemplate
    let lab: KindlingLab
    let session: OpenSession
    let lines: string[] = []
    let target = ''
    let wish: RestoreWish
    beforeAll(async () => {
      template = await postgresTemplate('kindling', kindlingSchema, async () => undefined)
      lab = await startKindling(template)
      session = labSessions(
        { name: 'kindling-lab', system: 'kindling', address: pathToFileURL(lab.postgres.repository).href },
        { tokens: { token: kindlingSecrets.token }, passwords: { sudo: kindlingSecrets.sudo } },
      )()
      const { postgres } = lab
      await postgres.pgBackRest('stanza-create')
      await postgres.sql(
        `CREATE TABLE notes (text text); INSERT INTO notes VALUES ('in the backup');
         INSERT INTO servers (id, hostname, last_heartbeat_at) SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'kindling-' || n, now() FROM generate_series(0, 2) n;
         INSERT INTO project_volumes (id, status) VALUES ('${volume}', 'restoring');
         INSERT INTO project_volume_operations (id, project_volume_id, kind) VALUES ('${operation}', '${volume}', 'restore')`,
      )
      await postgres.pgBackRest('backup', '--type=full')
      await postgres.sql("INSERT INTO notes VALUES ('before the target')")
      target = await postgres.sql(
        'SELECT to_char(clock_timestamp() AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')',
      )
      // The target is in milliseconds: what follows is committed in a later one.
      await postgres.sql("SELECT pg_sleep(0.01); INSERT INTO notes VALUES ('after the target')")
      // pgBackRest tells in whole seconds when WAL arrived: it has to arrive in a later one than the target's.
      await postgres.sql('SELECT pg_sleep(1.1)')
      await postgres.sql('SELECT pg_switch_wal()')
      await postgres.pgBackRest('check')
    })
    afterAll(async () => {
      await session.close()
      await lab.close()
      await template.remove()
    })

    function site(changes: Partial<Site['config']> = {}): Site {
      return {
        session,
        config: { ...readConnection(lab.values), ...changes },
        line: (severity, sentence) => lines.push(`${severity} ${sentence}`),
      }
    }

    const notes = async (): Promise<readonly string[]> =>
      (await lab.postgres.sql('SELECT text FROM notes')).split('\n')

    test('what can be restored is listed with what each way loses', async () => {
      const points = await restoreToolOf(site().config).readPoints(site())
      expect(points).toMatchObject({
        obstacles: [],
        points: [{ type: 'full', flaw: null }],
      })
      const { archivedUntilMs } = points
      expect(points.archive?.max).toMatch(/^[0-9A-F]{24}$/)
      if (archivedUntilMs === null) throw new Error('no time of the archive')
      const failedMs = archivedUntilMs + 60_000
      const [latest, immediate] = restoreChoices(points, failedMs)
      expect(latest).toMatchObject({ wish: { type: 'default' }, rpoMs: 60_000 })
      expect(immediate?.rpoMs).toBeGreaterThanOrEqual(60_000)
      expect(immediate?.wish.type).toBe('immediate')
      expect(choiceAt(points, archivedUntilMs + 1, failedMs)).toMatchObject({
        ok: false,
        sentence: expect.stringContaining('would not start'),
      })
      expect(choiceAt(points, 0, failedMs)).toMatchObject({
        ok: false,
        sentence: expect.stringContaining('No backup reaches back'),
      })
      const chosen = choiceAt(points, Date.parse(target), Date.parse(target) + 3_600_000)
      if (!chosen.ok) throw new Error(chosen.sentence)
      expect(chosen.choice).toMatchObject({
        rpoMs: 3_600_000,
        sentence: expect.stringMatching(/Lost: all that was committed since, up to now 1\sh\s00\sm\./),
      })
      ;({ wish } = chosen.choice)
      expect(wish).toEqual({ type: 'time', label: points.points[0]?.label, target })
    })

    test('nothing is moved while PostgreSQL runs, and nothing is restored before the old folder stands aside', async () => {
      await expect(movePgdataAside(site(), stamp)).rejects.toMatchObject({ code: 'target.refused' })
      await expect(restoreDatabaseInto(site(), stamp, wish)).rejects.toMatchObject({ code: 'target.refused' })
      expect(await lookAside(site(), stamp)).toMatchObject({ state: 'notYet' })
      await expect(movePgdataAside(site({ dataFolder: '' }), stamp)).rejects.toMatchObject({
        code: 'connection.invalid',
      })
    })

    test('every unit on every host is stopped, once', async () => {
      expect(await unitsStopped(site())).toMatchObject({
        state: 'notYet',
        sentence: expect.stringContaining('kindling@api.service'),
      })
      const stopped = await stopUnits(site())
      expect(stopped).toMatchObject({
        state: 'done',
        sentence: 'No unit of kindling is up on any of 2 hosts.',
      })
      expect(Object.values(stopped.stopped)).toEqual([
        ['kindling@api.service', 'kindling@worker.service'],
        ['kindling@api.service', 'kindling@worker.service'],
      ])
      await stopUnits(site())
      for (const host of [0, 1])
        expect(await lab.unitLog(host)).toEqual(['stop kindling@api.service', 'stop kindling@worker.service'])
    })

    test('the data folder is moved aside, and a call after a crash between the two steps goes on', async () => {
      expect(await stopPostgres(site())).toMatchObject({ state: 'done' })
      const folder = lab.postgres.dataFolder
      const before = await stat(folder)
      const tablespace = join(folder, 'pg_tblspc/16400')
      await symlink('/srv/fast', tablespace)
      await expect(movePgdataAside(site(), stamp)).rejects.toMatchObject({
        code: 'target.refused',
        text: { why: 'It keeps a tablespace in /srv/fast, which a restore would write over.' },
      })
      await rm(tablespace)
      // The crash: the journal says that it began, the rename was made, the new folder has no name yet.
      await writeFile(
        journalPath(folder),
        JSON.stringify({ format: 'holdfast-pgdata/1', stamp, state: 'moving', wish: null }),
      )
      await rename(folder, asidePath(site(), stamp))
      await mkdir(`${folder}.new-holdfast`)
      await chown(`${folder}.new-holdfast`, before.uid, before.gid)
      expect(await lookAside(site(), stamp)).toMatchObject({ state: 'notYet' })
      expect(await movePgdataAside(site(), stamp)).toMatchObject({
        state: 'done',
        learnt: { aside: `${folder}.before-restore-${stamp}` },
      })
      expect(await movePgdataAside(site(), stamp)).toMatchObject({ state: 'done' })
      const made = await stat(folder)
      expect([made.uid, made.mode & 0o777, await readdir(folder)]).toEqual([before.uid, 0o700, []])
      expect((await stat(asidePath(site(), stamp))).ino).toBe(before.ino)
      await expect(movePgdataAside(site(), 'run-2')).rejects.toMatchObject({
        code: 'target.refused',
        text: { why: expect.stringContaining('run-1') },
      })
    })

    test('pgBackRest restores to the target, goes on after a restore that was cut short, and is not run again after its end', async () => {
      const folder = lab.postgres.dataFolder
      expect(await lookRestored(site(), stamp, wish)).toMatchObject({ state: 'notYet' })
      expect(await restoreDatabaseInto(site(), stamp, wish)).toMatchObject({ state: 'done' })
      const runs = lab.changes()
      expect(await restoreDatabaseInto(site(), stamp, wish)).toMatchObject({ state: 'done' })
      expect(lab.changes()).toBe(runs)
      await expect(
        restoreDatabaseInto(site(), stamp, { type: 'default', label: null }),
      ).rejects.toMatchObject({
        code: 'target.refused',
      })

      // The crash: files are missing, the journal says that it runs.
      const journal: unknown = JSON.parse(await readFile(journalPath(folder), 'utf8'))
      await writeFile(journalPath(folder), JSON.stringify({ ...Object(journal), state: 'restoring' }))
      await rm(join(folder, 'global', 'pg_control'))
      await rm(join(folder, 'base', '1', '1249'))
      expect(await lookRestored(site(), stamp, wish)).toMatchObject({
        state: 'notYet',
        sentence: 'A restore was begun there and did not end.',
      })
      expect(await restoreDatabaseInto(site(), stamp, wish)).toMatchObject({ state: 'done' })
      expect(lab.changes()).toBe(runs + 1)
      expect((await stat(join(folder, 'base', '1', '1249'))).size).toBeGreaterThan(0)
      expect(lines.some((line) => line.includes('--delta restore'))).toBe(true)
    })

    test('the restored database starts closed, with what was committed before the target and nothing later', async () => {
      expect(await startPostgresClosed(site())).toMatchObject({ state: 'done' })
      expect(await startPostgresClosed(site())).toMatchObject({ state: 'done' })
      expect(await lab.postgres.sql('SHOW listen_addresses')).toBe('')
      expect(await notes()).toEqual(['in the backup', 'before the target'])
    })

    test('it is checked, and what is wrong with it is told', async () => {
      const checked = await postgresChecks(site(), { isClosed: true })
      expect(
        checked.probes.filter(({ state }) => state !== 'ok').map(({ id, state }) => `${id} ${state}`),
      ).toEqual([])
      expect(checked.state).toBe('done')
      await lab.postgres.sql('ALTER ROLE kindling NOREPLICATION')
      await lab.writeFile(1, 'postgres.dsn', 'postgres://kindling@10.0.0.9:5432/kindling')
      const wrong = await postgresChecks(site(), { isClosed: true })
      expect(wrong).toMatchObject({
        state: 'notYet',
        sentence: expect.stringMatching(/may not replicate.*They differ/),
      })
      await lab.postgres.sql('ALTER ROLE kindling REPLICATION')
    })

    test('a restored operation on a volume is kept as evidence, then ended with its volume, once', async () => {
      const listed = await listVolumeOperations(site())
      expect(listed).toMatchObject({
        state: 'notYet',
        rows: [{ id: operation, kind: 'restore', status: 'pending' }],
      })
      const ended = await neutraliseVolumeOperations(site())
      expect(ended).toMatchObject({ state: 'done', rows: [{ id: operation, status: 'pending' }] })
      expect(ended.evidence[0]?.value).toContain('"status":"pending"')
      expect(
        await lab.postgres.sql(
          'SELECT o.status, v.status FROM project_volume_operations o, project_volumes v',
        ),
      ).toBe('failed|detached')
      expect(await neutraliseVolumeOperations(site())).toMatchObject({
        state: 'done',
        rows: [],
        sentence: 'No operation on a volume waits.',
      })
      expect(await listVolumeOperations(site())).toMatchObject({ state: 'done' })
    })

    test('servers that come back are given time, the others are named', async () => {
      expect(await heartbeatGrace(site())).toMatchObject({
        given: ['kindling-0', 'kindling-1'],
        left: ['kindling-2'],
      })
      expect(
        await lab.postgres.sql('SELECT hostname FROM servers WHERE last_heartbeat_at > now() ORDER BY 1'),
      ).toBe('kindling-0\nkindling-1')
    })

    test('PostgreSQL is opened, and all units start side by side within the window; what is up is left alone', async () => {
      expect(await lookAllStarted(site())).toMatchObject({ state: 'notYet' })
      const started = await openPostgresAndStartAllUnits(site())
      expect(started.state).toBe('done')
      expect(started.spreadMs).toBeLessThan(30_000)
      for (const host of [0, 1])
        expect((await lab.unitLog(host)).filter((line) => line.startsWith('start kindling'))).toEqual([
          'start kindling@api.service',
          'start kindling@worker.service',
        ])
      expect((await lab.unitLog(0)).filter((line) => line.includes('postgresql'))).toEqual([
        'stop postgresql@lab.service',
        'start postgresql@lab.service',
      ])
      expect(await lookClosed(site())).toMatchObject({ state: 'failed' })
      const again = await openPostgresAndStartAllUnits(site())
      expect(again.state).toBe('done')
      expect((await lab.unitLog(1)).filter((line) => line.startsWith('start'))).toHaveLength(2)
      expect(await lookAllStarted(site())).toMatchObject({ state: 'done' })
    })

    test('a unit that does not start is told with its host, also where systemd passes its start over', async () => {
      await stopUnits(site())
      await lab.putDropIn(0, 'kindling@worker.service', '[Unit]\nConditionPathExists=!/\n')
      const passedOver = await startUnits(site(), { [lab.hosts[0] ?? '']: ['kindling@worker.service'] })
      expect(passedOver).toMatchObject({
        state: 'failed',
        sentence: expect.stringContaining('kindling@worker.service was started, and is not active.'),
      })
      await lab.putDropIn(0, 'kindling@worker.service', '')
      await stopUnits(site())
      await lab.refuseUnit(1, 'kindling@worker.service')
      const started = await startUnits(site(), {
        [lab.hosts[0] ?? '']: ['kindling@api.service'],
        [lab.hosts[1] ?? '']: ['kindling@worker.service'],
      })
      expect(started).toMatchObject({
        state: 'failed',
        sentence: expect.stringContaining('Job for kindling@worker.service failed'),
      })
      expect(started.sentence).toContain(lab.hosts[1])
    })

    test('a full backup of the new timeline is taken and checked', async () => {
      const backup = await takeFullBackup(site())
      expect(backup).toMatchObject({ state: 'done', label: expect.stringMatching(/F$/) })
      expect(await lab.postgres.sql('SELECT timeline_id FROM pg_control_checkpoint()')).toBe('2')
    })

    test('it is taken back: the old database stands again, the restored one is kept', async () => {
      await stopUnits(site())
      await stopPostgres(site())
      const folder = lab.postgres.dataFolder
      // The crash: the restored folder was put beside, the old one not yet back.
      const journal: unknown = JSON.parse(await readFile(journalPath(folder), 'utf8'))
      await writeFile(journalPath(folder), JSON.stringify({ ...Object(journal), state: 'puttingBack' }))
      await rename(folder, `${folder}.restored-${stamp}`)
      expect(await lookBack(site(), stamp)).toMatchObject({ state: 'notYet' })
      expect(await putPgdataBack(site(), stamp)).toMatchObject({ state: 'done' })
      expect(await putPgdataBack(site(), stamp)).toMatchObject({ state: 'done' })
      expect(
        (await readdir(dirname(folder))).filter((name) => name.startsWith(`${basename(folder)}.`)).sort(),
      ).toEqual(['data.holdfast-restore', 'data.holdfast-start.log', 'data.log', `data.restored-${stamp}`])
      expect(await openPostgres(site())).toMatchObject({ state: 'done' })
      expect(await notes()).toEqual(['in the backup', 'before the target', 'after the target'])
      // The next restore is another run.
      await stopPostgres(site())
      expect(await movePgdataAside(site(), 'run-2')).toMatchObject({ state: 'done' })
      expect(await putPgdataBack(site(), 'run-2')).toMatchObject({ state: 'done' })
    })

    test('a target that the WAL does not reach is told in PostgreSQL’s own words, and goes back', async () => {
      const late: RestoreWish = {
        ...wish,
        type: 'time',
        label: wish.label ?? '',
        target: '2099-01-01T00:00:00.000Z',
      }
      await movePgdataAside(site(), 'run-3')
      await restoreDatabaseInto(site(), 'run-3', late)
      expect(await startPostgresClosed(site())).toMatchObject({
        state: 'failed',
        sentence: expect.stringContaining('recovery ended before configured recovery target was reached'),
      })
      expect(await putPgdataBack(site(), 'run-3')).toMatchObject({ state: 'done' })
    })

    test('where the disk is gone there is nothing to move, and the newest state is restored', async () => {
      await rm(lab.postgres.dataFolder, { recursive: true })
      expect(await movePgdataAside(site(), 'run-4')).toMatchObject({
        state: 'done',
        sentence: expect.stringContaining('nothing is kept'),
      })
      await mkdir(join(lab.postgres.dataFolder, 'half'), { recursive: true })
      await expect(
        restoreDatabaseInto(site(), 'run-4', { type: 'default', label: null }),
      ).rejects.toMatchObject({ code: 'target.refused' })
      await rm(join(lab.postgres.dataFolder, 'half'), { recursive: true })
      await restoreDatabaseInto(site(), 'run-4', { type: 'default', label: null })
      expect(await startPostgresClosed(site())).toMatchObject({ state: 'done' })
      expect(await notes()).toEqual(['in the backup', 'before the target'])
    })

    test('a restore that is closed is not taken back any more, names what it leaves, and lets another one begin', async () => {
      expect(await lookRestoreClosed(site(), 'run-4')).toMatchObject({ state: 'notYet' })
      expect(await closeRestore(site(), 'run-4')).toMatchObject({
        state: 'done',
        sentence: 'The restore is over. Nothing is left over.',
      })
      expect(await closeRestore(site(), 'run-4')).toMatchObject({ state: 'done' })
      await expect(putPgdataBack(site(), 'run-4')).rejects.toMatchObject({
        text: { why: 'That restore is closed.' },
      })
      await stopPostgres(site())
      expect(await movePgdataAside(site(), 'run-5')).toMatchObject({ state: 'done' })
      expect(await putPgdataBack(site(), 'run-5')).toMatchObject({ state: 'done' })
      expect(await lookRestoreClosed(site(), 'run-5')).toMatchObject({
        state: 'done',
        sentence: expect.stringContaining('.restored-run-5'),
      })
      // One that has restored and was never closed is in nobody's way either.
      const earlier = { format: 'holdfast-pgdata/1', stamp: 'run-6', state: 'restored', wish: null }
      await writeFile(journalPath(lab.postgres.dataFolder), JSON.stringify(earlier))
      expect(await movePgdataAside(site(), 'run-7')).toMatchObject({ state: 'done' })
      expect(await putPgdataBack(site(), 'run-7')).toMatchObject({ state: 'done' })
    })

    test('a host that does not answer is told: it has to be fenced, and nothing is started without it', async () => {
      await lab.killHost(1)
      expect(await unitsStopped(site())).toMatchObject({ state: 'unknown' })
      expect(await stopUnits(site())).toMatchObject({
        state: 'unknown',
        next: expect.stringContaining('Fence'),
      })
      expect(await startUnits(site())).toMatchObject({
        state: 'failed',
        sentence: expect.stringContaining('mark it dead'),
      })
      lines = []
    })
  },
)
