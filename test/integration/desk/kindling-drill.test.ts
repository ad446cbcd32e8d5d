import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { deskId } from '../../../src/main/desk/drills/drill-on-host.ts'
import { connectionValues } from '../../../src/shared/contract/connection-fields.ts'
import type { Job } from '../../../src/shared/contract/jobs.ts'
import { postgresProblem } from '../../lab/postgres.ts'
import { installation } from '../cli/desk-commands.ts'
import { openKindlingLab, type KindlingRunLab } from '../runbooks/kindling-lab.ts'

const problem = postgresProblem()
const run = promisify(execFile)
const programs = '/usr/lib/postgresql/15/bin'

describe.skipIf(problem !== null)(
  `drills of the database of kindling over a real SSH server, PostgreSQL and pgBackRest${problem === null ? '' : ` (skipped: ${problem})`}`,
  () => {
    let lab: KindlingRunLab
    let scratch: string
    let tablespace: string
    let label: string
    const logged: string[] = []

    beforeAll(async () => {
      lab = await openKindlingLab('pgbackrest')
      scratch = await ofPostgres()
      tablespace = await ofPostgres()
      const { postgres } = lab.kindling
      await postgres.sql(`CREATE TABLESPACE apart LOCATION '${tablespace}'`)
      await postgres.sql('CREATE TABLE kept_apart TABLESPACE apart AS SELECT generate_series(1, 500) AS n')
      await postgres.sql("ALTER SYSTEM SET external_pid_file = '/nowhere/of-the-cluster.pid'")
      await postgres.pgBackRest('stanza-create')
      await postgres.pgBackRest('backup', '--type=full')
      await postgres.sql("INSERT INTO notes VALUES ('after the backup')")
      await postgres.sql('SELECT pg_switch_wal()')
      await postgres.pgBackRest('check')
      label = (await lab.client.drills.cost({ clusterId: lab.clusterId })).backupId
    })
    afterAll(async () => {
      await lab.close()
      for (const folder of [scratch, tablespace]) await rm(folder, { recursive: true, force: true })
    })

    const asked = (
      more: { readonly folder?: string; readonly confirm?: string; readonly host?: string } = {},
    ) => ({
      clusterId: lab.clusterId,
      backupId: label,
      folder: scratch,
      confirm: lab.running.desk.state.clusters.get(lab.clusterId)?.name ?? '',
      ...more,
    })

    async function ended(jobId: string): Promise<Job> {
      for await (const { event } of await lab.client.jobs.events({ id: jobId, after: 0 })) {
        if (event.type === 'log') logged.push(event.text)
      }
      return lab.client.jobs.get({ id: jobId })
    }

    test('What it would do and cost is told before, with the name to type where the host serves', async () => {
      const cost = await lab.client.drills.cost({ clusterId: lab.clusterId })
      expect(cost).toMatchObject({ refused: null, usualFolder: '', onHost: { usual: lab.kindling.hosts[0] } })
      expect(cost.says.join(' ')).toContain('neither the data folder nor the port of the cluster')
      expect(cost.commandLine).toContain('--scratch FOLDER --confirm')
    })

    test('It is refused without the name, in a data folder, in the repository, and where no folder is', async () => {
      const { postgres } = lab.kindling
      await expect(lab.client.drills.start(asked({ confirm: 'another' }))).rejects.toMatchObject(
        refusedWith('typed to confirm'),
      )
      await expect(lab.client.drills.start(asked({ folder: '/tmp/a folder' }))).rejects.toMatchObject(
        refusedWith('is no folder for a drill'),
      )
      for (const [folder, why] of [
        [join(postgres.dataFolder, 'base'), 'is a data folder of PostgreSQL'],
        [join(postgres.repository, 'archive'), 'is the repository'],
        [join(scratch, 'nowhere'), 'ended with exit status'],
      ] as const) {
        const { jobId } = await lab.client.drills.start(asked({ folder }))
        const job = await ended(jobId)
        expect([job.state, `${job.failure?.what} ${job.failure?.why}`]).toEqual([
          'failed',
          expect.stringContaining(why),
        ])
      }
      expect((await lab.client.drills.list({ clusterId: lab.clusterId })).drills).toEqual([])
    })

    test('pgBackRest restores it into a folder of its own, a server replays and is read, and nothing of the cluster is touched', async () => {
      const { postgres } = lab.kindling
      const before = await archived(postgres.repository)
      const apart = await readdir(tablespace)
      const { jobId } = await lab.client.drills.start(asked())
      const job = await ended(jobId)
      expect([job.state, job.failure]).toEqual(['done', null])
      expect(job.result).toMatchObject({ kind: 'drill', outcome: { kind: 'restored' }, leftFolder: null })
      const { drills } = await lab.client.drills.list({ clusterId: lab.clusterId })
      const [drill] = drills
      expect(drill?.phases.map(({ name }) => name)).toEqual(['prove', 'tool', 'replay', 'ask', 'cleanUp'])
      const measured = drill?.phases.filter(({ name }) => ['prove', 'tool', 'replay'].includes(name)) ?? []
      expect(drill?.rtoMs).toBe(measured.reduce((sum, { tookMs }) => sum + tookMs, 0))
      // The new timeline is the trial's own.
      expect(drill?.seen[0]).toContain('left recovery and goes on in timeline 2. The last change in it')
      expect(drill?.seen[1]).toMatch(/kindling has \d+\stables with 50\d rows, and each was read/)

      expect(await readdir(scratch)).toEqual([])
      expect(await readdir(tablespace)).toEqual(apart)
      expect(await archived(postgres.repository)).toEqual(before)
      expect(await postgres.sql('SELECT timeline_id, pg_is_in_recovery() FROM pg_control_checkpoint()')).toBe(
        '1|f',
      )
      await postgres.sql('SELECT pg_switch_wal()')
      await postgres.pgBackRest('check')

      expect(await lab.client.backups.get({ clusterId: lab.clusterId, backupId: label })).toMatchObject({
        level: 'restored',
        restoredAt: drill?.finishedAt,
      })
      const again = await lab.client.drills.cost({ clusterId: lab.clusterId, backupId: label })
      expect(again.estimateMs).toBeGreaterThan(0)
      expect(await lab.leaks(lab.secrets)).toEqual([])
    })

    test('A host of the cluster under another name is refused by what it says of itself, and nothing is written there', async () => {
      const alias = (lab.kindling.hosts[0] ?? '').replace('127.0.0.1', 'localhost')
      const saved = JSON.stringify(lab.running.desk.state.clusters.get(lab.clusterId)?.connection)
      const fingerprint = /"fingerprint":"([^"]+)"/.exec(saved)?.[1]
      const known = JSON.stringify({ host: alias, fingerprint })
      const save = async (text: string) =>
        lab.client.masters.save({ id: lab.clusterId, values: connectionValues.parse(JSON.parse(text)) })
      await save(saved.replace('"hostKeys":[', `"hostKeys":[${known},`))
      const refusedAs = async (): Promise<string> => {
        const { jobId } = await lab.client.drills.start(asked({ host: alias }))
        const { state, failure } = await ended(jobId)
        return `${state}: ${failure?.what} ${failure?.why} ${failure?.next}`
      }
      expect(await refusedAs()).toMatch(
        new RegExp(
          `^failed: ${alias} is ${lab.kindling.hosts[0]} under another name, which serves ${lab.name}\\.`,
        ),
      )
      expect(await readdir(scratch)).toEqual([])
      await save(saved)
    })

    test('What an earlier drill left that was killed is ended and removed by the next one; another desk’s stays', async () => {
      const theirs = await left('0123456789abcdef')
      const ours = await left(await deskId(lab.running.desk))
      await asPostgres(`${programs}/initdb`, ['-D', join(ours, 'data'), '-A', 'trust', '--no-sync'])
      const options = `-c listen_addresses='' -c unix_socket_directories='${ours}'`
      const server = ['start', '-w', '-D', join(ours, 'data'), '-l', join(ours, 'log'), '-o', options]
      await asPostgres(`${programs}/pg_ctl`, server)
      const { jobId } = await lab.client.drills.start(asked())
      const job = await ended(jobId)
      expect(job.state).toBe('done')
      expect(existsSync(ours)).toBe(false)
      expect(logged.join('\n')).toContain(`${ours} on ${lab.kindling.hosts[0]} was left by a drill`)
      expect(logged.join('\n')).toContain(
        `${theirs} on ${lab.kindling.hosts[0]} is of a drill of another desk`,
      )
      expect(existsSync(join(theirs, 'drill'))).toBe(true)
      await expect(run('pgrep', ['-f', `${ours}/data`])).rejects.toThrow()
      await rm(theirs, { recursive: true })
    })

    test('Cancelled in the middle it ends what it began there, and leaves nothing', async () => {
      const before = (await lab.client.drills.list({ clusterId: lab.clusterId })).drills.length
      const { jobId } = await lab.client.drills.start(asked())
      await vi.waitUntil(async () => (await readdir(scratch)).some((name) => !name.endsWith('.new')), {
        timeout: 60_000,
        interval: 20,
      })
      await lab.client.jobs.cancel({ id: jobId })
      expect((await ended(jobId)).state).toBe('cancelled')
      expect(await readdir(scratch)).toEqual([])
      expect((await lab.client.drills.list({ clusterId: lab.clusterId })).drills).toHaveLength(before)
    })

    test('None is begun while a runbook’s run of the cluster is open, and it says whose run that is', async () => {
      const { id } = await lab.through('KD-1', {}, { 'choose-point': () => null })
      await expect(lab.client.drills.start(asked())).rejects.toMatchObject({
        data: {
          code: 'runbook.refused',
          what: expect.stringMatching(/is being recovered: .*, begun .* by /),
        },
      })
      await lab.running.desk.runbooks.close(id, 'abandoned', 'a test')
    })

    test('On the command line the host that serves asks for the name, and a drill says what it restored and saw', async () => {
      // Its own installation, with what this desk knows.
      const home = await mkdtemp(join(tmpdir(), 'hf-drill-cli-'))
      await cp(join(lab.dir, 'desk'), join(home, 'state'), {
        recursive: true,
        filter: (path) => !basename(path).startsWith('instance-'),
      })
      const here = installation(home)
      const drill = ['drill', label, '--cluster', lab.name, '--scratch', scratch, ...here.passphraseFile]
      const unnamed = await here.run(drill)
      expect([unnamed.status, unnamed.stderr]).toEqual([2, expect.stringContaining('typed to confirm')])
      const { status, value } = await here.json([...drill, '--confirm', lab.name])
      expect(status).toBe(0)
      expect(value).toMatchObject({
        cluster: lab.name,
        system: 'kindling',
        state: 'done',
        result: { kind: 'drill', backupId: label, outcome: { kind: 'restored' }, leftFolder: null },
      })
      expect(value.result.seen[0]).toContain('left recovery and goes on in timeline 2')
      expect(await readdir(scratch)).toEqual([])

      const schedule = ['drill-schedule', lab.name, '--every', '30', '--scratch', scratch]
      const unscheduled = await here.run(schedule)
      expect([unscheduled.status, unscheduled.stderr]).toEqual([
        2,
        expect.stringContaining('typed to confirm'),
      ])
      const scheduled = await here.run([...schedule, '--confirm', lab.name])
      expect([scheduled.status, scheduled.stdout]).toEqual([0, expect.stringContaining(`in ${scratch}`)])
      await rm(home, { recursive: true })
    })

    async function left(desk: string): Promise<string> {
      const dir = join(scratch, `holdfast-drill-${desk.slice(0, 12)}`)
      await mkdir(dir)
      await writeFile(join(dir, 'drill'), `${desk}\njob\n2026-11-20T02:00:00.000Z\n`)
      await run('chown', ['-R', 'postgres', dir])
      return dir
    }
  },
)

function refusedWith(what: string) {
  return { data: { what: expect.stringContaining(what) } }
}

/** Names of what lies in the archive of WAL. */
async function archived(repository: string): Promise<readonly string[]> {
  return (await readdir(join(repository, 'archive'), { recursive: true })).sort()
}

async function ofPostgres(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-drill-'))
  const { stdout } = await run('id', ['-u', 'postgres'])
  await chown(folder, Number(stdout), -1)
  await chmod(folder, 0o700)
  return folder
}

async function asPostgres(program: string, args: readonly string[]): Promise<void> {
  await run('runuser', ['-u', 'postgres', '--', program, ...args], { cwd: '/' })
}
