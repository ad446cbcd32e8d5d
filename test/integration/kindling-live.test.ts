import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kindlingDriver } from '../../src/main/systems/kindling/live/driver.ts'
import type { SnapshotProgress } from '../../src/main/ports/cluster-driver.ts'
import type { ConnectionValues } from '../../src/shared/contract/connection-fields.ts'
import type { Probe } from '../../src/shared/contract/masters.ts'
import { kindlingSchema, kindlingSecrets, startKindling, type KindlingLab } from '../lab/masters/kindling.ts'
import { labSessions } from '../lab/masters/lab-session.ts'
import { postgresProblem, postgresTemplate, type PostgresTemplate } from '../lab/postgres.ts'

const silent: SnapshotProgress = { progress: () => undefined, log: () => undefined }
const problem = postgresProblem()

describe.skipIf(problem !== null)(
  `kindling on real SSH servers, PostgreSQL and pgBackRest${problem === null ? '' : ` (skipped: ${problem})`}`,
  () => {
    let template: PostgresTemplate
    let lab: KindlingLab
    beforeAll(async () => {
      template = await postgresTemplate('kindling', kindlingSchema, async () => undefined)
      lab = await startKindling(template)
    })
    afterAll(async () => {
      await lab.close()
      await template.remove()
    })

    function session() {
      return labSessions(
        {
          name: 'kindling-lab',
          system: 'kindling',
          address: pathToFileURL(lab.postgres.repository).href,
        },
        {
          tokens: { token: kindlingSecrets.token },
          passwords: { sudo: kindlingSecrets.sudo, wrong: 'another' },
        },
      )()
    }

    async function asked(changes: ConnectionValues = {}): Promise<(id: string, of?: string) => Probe> {
      const used = session()
      const probes: Probe[] = []
      try {
        for await (const probe of kindlingDriver.connect({ ...lab.values, ...changes }).probe(used))
          probes.push(probe)
      } finally {
        await used.close()
      }
      expect(JSON.stringify(probes)).not.toContain(kindlingSecrets.dsnPassword)
      return (id, of) => {
        const found = probes.find((probe) => probe.id === id && (of === undefined || probe.of === of))
        if (found === undefined) throw new Error(`nobody asked ${id}`)
        return found
      }
    }

    async function snapshot(way: string) {
      const used = session()
      try {
        return await kindlingDriver.connect(lab.values).snapshot(used, way, silent)
      } finally {
        await used.close()
      }
    }

    test('a repository without the stanza is refused before a snapshot, and said so by a probe', async () => {
      const { state, answer } = (await asked())('tool')
      expect({ state, answer }).toEqual({
        state: 'bad',
        answer: 'The repository has no such stanza.',
      })
      const used = session()
      const bad: string[] = []
      for await (const probe of kindlingDriver.connect(lab.values).beforeSnapshot(used, 'full'))
        if (probe.state === 'bad') bad.push(probe.id)
      await used.close()
      expect(bad).toContain('tool')
      expect(bad).toContain('check')
      expect(lab.changes()).toBe(0)
    })

    test('the tool’s exit status is told in words, and nothing is said to be made', async () => {
      await expect(snapshot('full')).rejects.toMatchObject({
        code: 'host.commandFailed',
        text: { why: expect.stringContaining('A file is missing.') },
      })
    })

    test('a first incremental one is a full one, under the name that pgBackRest lists', async () => {
      await lab.postgres.pgBackRest('stanza-create')
      expect((await asked())('newest').answer).toBe('There is none.')
      const before = lab.changes()
      const outcome = await snapshot('incremental')
      expect(lab.changes()).toBe(before + 1)
      expect(outcome).toMatchObject({
        kind: 'made',
        backupId: expect.stringMatching(/^\d{8}-\d{6}F$/),
        facts: expect.arrayContaining([{ name: 'type', value: 'full' }]),
      })
      const info = await lab.postgres.pgBackRest('info', '--output=json')
      expect(outcome.kind === 'made' && info.includes(`"label":"${outcome.backupId}"`)).toBe(true)
      const newest = (await asked())('newest')
      expect(newest.state).toBe('ok')
      expect(newest.answer).toMatch(/^\d{8}-\d{6}F \(full\), .* old\.$/)
    })

    test('a run that finds the lock held is refused, and is not tried again', async () => {
      const release = await lab.holdLock()
      const before = lab.changes()
      try {
        await expect(snapshot('full')).rejects.toMatchObject({
          code: 'master.busy',
          text: {
            // A lock that no process of pgBackRest holds: what is not seen is said to be not told.
            why: expect.stringMatching(
              /unable to acquire lock.* Neither who began it nor since when is told: no such process/s,
            ),
            unchanged: 'Nothing was begun.',
          },
        })
      } finally {
        await release()
      }
      expect(lab.changes()).toBe(before + 1)
    })

    test('while a backup runs the probe says so, and another one is refused before it is run', async () => {
      const { config, repository } = lab.postgres
      const gate = join(dirname(repository), 'archive-again')
      // A backup does not end before its WAL has arrived.
      await lab.postgres.sql(
        `ALTER SYSTEM SET archive_command = 'until test -e ${gate}; do sleep 0.2; done; pgbackrest --config=${config} --stanza=kindling archive-push %p'`,
      )
      await lab.postgres.sql('SELECT pg_reload_conf()')
      const running = lab.postgres.pgBackRest('--type=incr', 'backup')
      try {
        let lock = (await asked())('lock')
        while (lock.answer === 'None.') lock = (await asked())('lock')
        expect(lock).toMatchObject({
          state: 'ok',
          answer: expect.stringMatching(
            new RegExp(
              `^pgBackRest takes a backup of this stanza now: its lock on ${lab.hosts[0]} is held\\. It runs there as postgres \\(process \\d+\\), since \\d+\u00a0s; from where it was begun is not told\\.$`,
            ),
          ),
        })
        const before = lab.changes()
        await expect(snapshot('full')).rejects.toMatchObject({
          code: 'master.busy',
          text: { why: expect.stringMatching(/ It runs there as postgres \(process \d+\), since /) },
        })
        expect(lab.changes()).toBe(before)
      } finally {
        await writeFile(gate, '')
        await running
      }
      expect((await asked())('newest').answer).toMatch(/_\d{8}-\d{6}I \(incr\)/)
    })

    test('the questions of one round share one login to each host', async () => {
      const logins = (): number => lab.sshd.log().split('Accepted publickey').length - 1
      const before = logins()
      const probe = await asked()
      const throughIt = ['answers', 'units', 'sudo', 'files', 'tool', 'postgres']
      expect(throughIt.map((id) => probe(id, lab.hosts[0]).state)).not.toContain('notAsked')
      expect(logins() - before).toBe(1)
    })

    test('a healthy database is told in words', async () => {
      const probe = await asked()
      expect(probe('postgres').answer).toBe('It answers, and is a primary.')
      expect(probe('walLevel').evidence).toBe('wal_level = logical')
      expect(probe('role').answer).toBe('kindling, which owns the tables, may replicate.')
      expect(probe('publication').answer).toBe('kindling_changes has all 11 tables.')
      expect(probe('operations').answer).toBe('None is stale.')
      expect(probe('slots').answer).toBe('1\u00a0listener of kindling; 1 of 10 slots are in use.')
      expect(probe('units').answer).toBe('kindling@api.service, kindling@worker.service: running.')
      expect(probe('servers').answer).toBe('2\u00a0servers, and all heartbeats are fresh.')
    })

    test('what a restore of the database leaves dangerous is a warning: operations on volumes, a role, a publication', async () => {
      await lab.postgres.sql(
        `INSERT INTO project_volume_operations (id, kind, created_at) VALUES ('00000000-0000-4000-8000-000000000001', 'restore', now() - interval '3 minutes');
         ALTER ROLE kindling NOREPLICATION; ALTER PUBLICATION kindling_changes DROP TABLE vms`,
      )
      const probe = await asked()
      expect(probe('operations')).toMatchObject({ state: 'warning' })
      expect(probe('operations').answer).toContain('1\u00a0operation on volumes are stale')
      expect(probe('role')).toMatchObject({ state: 'bad' })
      expect(probe('publication').answer).toBe('kindling_changes lacks vms.')
    })

    test('servers that are not well are named with what is wrong with them', async () => {
      expect((await asked())('servers')).toMatchObject({
        state: 'ok',
        answer: '2\u00a0servers, and all heartbeats are fresh.',
      })
      lab.tellWorker(0, { status: 'draining', heartbeat_health: 'healthy' })
      lab.tellWorker(1, { status: 'active', heartbeat_health: 'stale' })
      const { state, answer, next } = (await asked())('servers')
      expect({ state, next }).toEqual({ state: 'warning', next: 'Look at the units of these hosts.' })
      expect(answer).toMatch(
        /^2 of 2\sservers need a look\. kindling-1: draining, its last heartbeat 4\ss ago; kindling-2: stale, its last heartbeat 4\ss ago\.$/,
      )
      for (const host of [0, 1]) lab.tellWorker(host, { status: 'active', heartbeat_health: 'healthy' })
    })

    test('what the connection leaves out is not asked, and nothing is sent there', async () => {
      const probe = await asked({ api: [], token: null, postgres: '', serviceUser: '' })
      expect(probe('tool').state).toBe('ok')
      for (const id of ['servers', 'postgres', 'files', 'dsn', 'clock'])
        expect(() => probe(id)).toThrow(`nobody asked ${id}`)
      const { state, answer } = (await asked({ token: null }))('servers')
      expect({ state, answer }).toEqual({ state: 'notAsked', answer: 'The connection has no API key.' })
    })

    test('another database is said to have no tables of kindling', async () => {
      const probe = await asked({
        postgres: lab.postgres.connection.replace('dbname=kindling', 'dbname=postgres'),
      })
      expect(probe('role').answer).toBe('This database has no tables of kindling.')
      expect(probe('operations').state).toBe('unknown')
    })

    test('DSN files and master keys are compared without anything in them leaving the hosts', async () => {
      const before = await asked()
      expect(before('dsn').answer).toBe('It is the same on all 2 hosts that answer.')
      expect(before('masterKey').state).toBe('ok')
      expect(before('serverId').answer).toBe('Each host has its own.')
      await lab.writeFile(1, 'postgres.dsn', 'postgres://kindling@127.0.0.1:5432/kindling\n')
      await lab.writeFile(1, 'master.key', 'thirty-one bytes, shown nowher.')
      await lab.writeFile(1, 'server-id', '00000000-0000-4000-8000-000000000000')
      const probe = await asked()
      expect(probe('dsn')).toMatchObject({ state: 'bad' })
      expect(probe('dsn').answer).toBe(`They differ: ${lab.hosts.join(' against ')}.`)
      expect(probe('masterKey').answer).toBe(`It does not have 32 bytes on ${lab.hosts[1]}.`)
      expect(probe('serverId').answer).toBe(`The same one stands on ${lab.hosts.join(' and ')}.`)
      await lab.writeFile(0, 'postgres.dsn', 'postgres://kindling@127.0.0.1:5432/kindling')
      expect((await asked())('dsn').answer).toContain('name the host itself')
      await lab.writeFile(1, 'postgres.dsn', '# later\n')
      expect((await asked())('dsn').answer).toContain(`There is none on ${lab.hosts[1]}`)
    })

    test('replication DSNs are compared, too; where one host has none of its own its other DSN counts', async () => {
      const { dsnPassword } = kindlingSecrets
      const other = `postgres://kindling:${dsnPassword}@10.0.0.6:5432/kindling`
      for (const host of [0, 1]) await lab.writeFile(host, 'postgres.dsn', `${other}\n`)
      expect((await asked())('replicationDsn')).toMatchObject({
        state: 'ok',
        answer: 'There is none: the DSN of postgres.dsn counts.',
      })
      await lab.writeFile(0, 'postgres.replication.dsn', ` ${other}`)
      expect((await asked())('replicationDsn').answer).toBe('It is the same on all 2 hosts that answer.')
      await lab.writeFile(0, 'postgres.replication.dsn', other.replace('10.0.0.6', '10.0.0.5'))
      expect((await asked())('replicationDsn')).toMatchObject({
        state: 'bad',
        answer: `They differ: ${lab.hosts.join(' against ')}. There is none on ${lab.hosts[1]}: the DSN of postgres.dsn counts there.`,
      })
      const pooled = other.replace('10.0.0.6:5432', 'db.internal:6432')
      for (const host of [0, 1]) await lab.writeFile(host, 'postgres.replication.dsn', pooled)
      expect((await asked())('replicationDsn')).toMatchObject({
        state: 'warning',
        answer: expect.stringContaining('port 6432'),
      })
      for (const host of [0, 1]) await lab.writeFile(host, 'postgres.replication.dsn', '# none\n')
    })

    test('a sudo password that is refused is said once for each question, and never believed to be an empty answer', async () => {
      const { ssh } = lab.values
      if (typeof ssh !== 'object' || ssh === null || Array.isArray(ssh)) throw new Error('no ssh')
      const probe = await asked({ ssh: { ...ssh, sudoCredential: 'wrong' } })
      expect(probe('files')).toMatchObject({ state: 'bad', code: 'host.sudo' })
      expect(probe('dsn')).toMatchObject({ state: 'notAsked' })
    })

    test('a dead host is a dead host, and the others are asked all the same', async () => {
      await lab.killHost(1)
      const probe = await asked()
      expect(probe('answers', lab.hosts[1])).toMatchObject({ state: 'bad', code: 'host.unreachable' })
      expect(probe('answers', lab.hosts[0])).toMatchObject({ state: 'ok' })
      expect(probe('units', lab.hosts[1])).toMatchObject({ state: 'notAsked' })
      expect(probe('postgres')).toMatchObject({ state: 'ok' })
      expect(probe('masterKey')).toMatchObject({
        state: 'unknown',
        answer: 'It is there. No backup of PostgreSQL holds it. Only 1 of 2 hosts tell.',
      })
    })
  },
)
