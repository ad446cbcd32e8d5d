import { readdirSync } from 'node:fs'
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Job } from '../../../src/shared/contract/jobs.ts'
import { barmanProblem } from '../../lab/barman.ts'
import { postgresProblem } from '../../lab/postgres.ts'
import { installation } from '../cli/desk-commands.ts'
import { openKindlingLab, type KindlingRunLab } from '../runbooks/kindling-lab.ts'

const problem = postgresProblem()

async function verified(
  lab: KindlingRunLab,
  more: { readonly selection?: { readonly kind: 'some'; readonly backupIds: string[] } } = {},
): Promise<Job> {
  const asked = { clusterId: lab.clusterId, selection: { kind: 'all' as const }, level: null, ...more }
  const { jobId } = await lab.client.verify.start({ ...asked, recheck: false, byTool: true })
  for await (const _ of await lab.client.jobs.events({ id: jobId, after: 0 })) continue
  return lab.client.jobs.get({ id: jobId })
}

const plain = (text: string | null): string => (text ?? '').replaceAll('\u00a0', ' ')

function saidBy({ result }: Job) {
  const tool = result?.kind === 'verify' ? result.tool : null
  return tool === null ? null : { ...tool, sentence: plain(tool.sentence) }
}

describe.skipIf(problem !== null)(
  `verifications by a real pgBackRest over a real SSH server${problem === null ? '' : ` (skipped: ${problem})`}`,
  () => {
    let lab: KindlingRunLab
    let label: string
    beforeAll(async () => {
      lab = await openKindlingLab('pgbackrest')
      const { postgres } = lab.kindling
      await postgres.pgBackRest('stanza-create')
      await postgres.pgBackRest('backup', '--type=full')
      label = (await lab.client.drills.cost({ clusterId: lab.clusterId })).backupId
    })
    afterAll(async () => lab.close())

    const inRepository = (...parts: readonly string[]): string =>
      join(lab.kindling.postgres.repository, ...parts)

    async function damaged(file: string, then: () => Promise<void>): Promise<void> {
      const bytes = await readFile(file)
      await writeFile(file, Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)]))
      try {
        await then()
      } finally {
        await writeFile(file, bytes)
      }
    }

    test('What it costs says what the tool does, what its word proves and what not, and the command for it', async () => {
      const asked = {
        clusterId: lab.clusterId,
        selection: { kind: 'all' as const },
        level: null,
        recheck: false,
      }
      const plain = await lab.client.verify.cost(asked)
      expect(plain.tool?.name).toBe('pgBackRest')
      const says = plain.tool?.says.join(' ')
      expect(says).toContain('reads the whole repository of the stanza there, whichever backups are chosen')
      expect(says).toContain('It does not show that PostgreSQL starts from them')
      expect(plain.commandLine).not.toContain('--by-tool')
      const withTool = await lab.client.verify.cost({ ...asked, byTool: true })
      expect(withTool.commandLine).toMatch(/^holdfast verify .*--all .*--by-tool$/)
    })

    test('A repository in order is called so by pgBackRest, and the verdicts come from the bytes that are read here', async () => {
      const job = await verified(lab)
      expect([job.state, job.failure]).toEqual(['done', null])
      expect(job.phases.map(({ name }) => name)[0]).toBe('Let the tool verify')
      expect(saidBy(job)).toMatchObject({ name: 'pgBackRest', state: 'whole', next: null })
      expect(job).toMatchObject({ result: { good: 1, bad: 0 }, tone: 'good' })
      expect(plain(job.outcome)).toBe(
        'pgBackRest finds nothing wrong with its repository. Read here: 1 backup good.',
      )
      const { entries } = await lab.client.audit.list({ limit: 50 })
      expect(entries.find(({ action }) => action === 'verify.byTool')?.facts).toContainEqual({
        name: 'says',
        value: 'pgBackRest finds nothing wrong with its repository.',
      })
      expect(await lab.leaks(lab.secrets)).toEqual([])
    })

    test('A damaged file of a backup is found by it, though it ends with status 0, and what was remembered is read again here', async () => {
      await damaged(inRepository('backup', 'kindling', label, 'pg_data', 'PG_VERSION.gz'), async () => {
        const job = await verified(lab)
        expect(saidBy(job)).toMatchObject({
          state: 'bad',
          sentence: expect.stringContaining(`backup: ${label}, status: invalid`),
          next: 'Restore from a backup that it calls valid.',
        })
        expect(job).toMatchObject({ state: 'done', tone: 'bad', result: { good: 0, bad: 1 } })
        expect(job.result?.kind === 'verify' && job.result.objectsRead).toBeGreaterThan(100)
      })
    })

    test('A damaged WAL segment is found by it', async () => {
      const archive = inRepository('archive', 'kindling', '15-1')
      const [folder = ''] = readdirSync(archive).filter((name) => /^[0-9A-F]{16}$/.test(name))
      const [segment = ''] = readdirSync(join(archive, folder)).filter((name) => name.endsWith('.gz'))
      await damaged(join(archive, folder, segment), async () => {
        const job = await verified(lab)
        expect(saidBy(job)).toMatchObject({ state: 'bad' })
        expect(job.tone).toBe('bad')
      })
    })

    test('A tool that cannot do it ends the job with its exit status in words, and nothing is called good', async () => {
      const { config } = lab.kindling.postgres
      const text = await readFile(config, 'utf8')
      await writeFile(config, text.replace('[global]', '[global]\nprocess-max=none'))
      try {
        const job = await verified(lab)
        expect(job).toMatchObject({
          state: 'failed',
          result: null,
          failure: {
            code: 'host.commandFailed',
            what: expect.stringContaining('pgbackrest verify on'),
            why: expect.stringContaining('An option has a value that it does not take.'),
            next: expect.stringContaining('or verify without it'),
          },
        })
      } finally {
        await writeFile(config, text)
      }
    })

    test('On the command line its word and what was read here stand in one document; damage is exit status 1', async () => {
      const home = await mkdtemp(join(tmpdir(), 'hf-verify-cli-'))
      await cp(join(lab.dir, 'desk'), join(home, 'state'), {
        recursive: true,
        filter: (path) => !basename(path).startsWith('instance-'),
      })
      const here = installation(home)
      const verify = ['verify', '--all', '--by-tool', ...here.passphraseFile]
      const alone = await here.run([...verify, '--system', 'kindling', '--repository', 'file:///nowhere'])
      expect([alone.status, alone.stderr]).toEqual([
        2,
        expect.stringContaining('--by-tool goes with --cluster alone.'),
      ])
      const { status, value } = await here.json([...verify, '--cluster', lab.name])
      expect(status).toBe(0)
      expect(value).toMatchObject({
        cluster: lab.name,
        state: 'done',
        result: { kind: 'verify', good: 1, tool: { name: 'pgBackRest', state: 'whole' } },
      })
      await damaged(inRepository('backup', 'kindling', label, 'pg_data', 'PG_VERSION.gz'), async () => {
        const found = await here.run([...verify, '--cluster', lab.name])
        expect([found.status, found.stdout]).toEqual([
          1,
          expect.stringContaining('pgBackRest finds its repository damaged'),
        ])
      })
      await rm(home, { recursive: true })
    })
  },
)

const without = problem ?? barmanProblem()

describe.skipIf(without !== null)(
  `verifications by a real Barman over a real SSH server${without === null ? '' : ` (skipped: ${without})`}`,
  () => {
    let lab: Awaited<ReturnType<typeof openKindlingLab>>
    let id: string
    let folder: string
    beforeAll(async () => {
      lab = await openKindlingLab('barman')
      await takeBackup()
      const { kindling } = JSON.parse(await barman('-f', 'json', 'list-backups', 'kindling'))
      id = kindling[0].backup_id
      folder = join(dirname(lab.barman?.config ?? ''), 'kindling')
    })
    afterAll(async () => lab.close())

    async function barman(...args: readonly string[]): Promise<string> {
      if (lab.barman === null) throw new Error('no Barman')
      return lab.barman.barman(...args)
    }

    async function takeBackup(): Promise<void> {
      await barman('cron')
      await lab.kindling.postgres.sql('SELECT pg_switch_wal()')
      await barman('backup', 'kindling')
      await lab.kindling.postgres.sql('SELECT pg_switch_wal()')
      await barman('archive-wal', 'kindling')
    }

    test('A backup is verified by check-backup and pg_verifybackup, and it is said that this is no verdict here', async () => {
      const asked = {
        clusterId: lab.clusterId,
        selection: { kind: 'all' as const },
        level: null,
        recheck: false,
      }
      const { tool } = await lab.client.verify.cost(asked)
      expect(tool?.name).toBe('Barman')
      expect(tool?.says.join(' ')).toContain('Its word stands in the job, and is no verdict here')
      const job = await verified(lab)
      expect(saidBy(job)).toEqual({
        name: 'Barman',
        state: 'whole',
        sentence: '1 of 1 backup of Barman verified whole.',
        lines: [`${id}: Every file is what the manifest says.`],
        next: null,
      })
      expect(job).toMatchObject({ tone: 'good', result: { backups: 0, good: 0 } })
      expect(plain(job.outcome)).toBe(
        '1 of 1 backup of Barman verified whole. The repository here holds no backup beside them.',
      )
    })

    test('A backup is named as Barman names it; one that it does not list is refused before anything is run', async () => {
      const before = lab.kindling.changes()
      const unknown = await verified(lab, { selection: { kind: 'some', backupIds: ['20200101T000000'] } })
      expect(unknown).toMatchObject({ state: 'failed', failure: { code: 'backup.notFound' } })
      expect(lab.kindling.changes()).toBe(before)
      const named = await verified(lab, { selection: { kind: 'some', backupIds: [id] } })
      expect(saidBy(named)?.state).toBe('whole')
    })

    test('Of a cluster that is read-only here Barman is asked nothing: it would write into its own list', async () => {
      const before = lab.kindling.changes()
      const { clusters } = lab.running.desk.state
      const cluster = clusters.get(lab.clusterId)
      if (cluster === null) throw new Error('no cluster')
      await clusters.put({ ...cluster, mode: 'readOnly' })
      await expect(verified(lab)).rejects.toMatchObject({ data: { code: 'cluster.readOnly' } })
      expect(lab.kindling.changes()).toBe(before)
      await clusters.put(cluster)
    })

    test('A damaged file is found, and told as pg_verifybackup tells it', async () => {
      const file = join(folder, 'base', id, 'data', 'PG_VERSION')
      const bytes = await readFile(file)
      await writeFile(file, '14\n')
      const job = await verified(lab)
      expect(saidBy(job)).toMatchObject({
        state: 'bad',
        sentence: `Barman finds 1 backup damaged: ${id}.`,
        lines: [expect.stringContaining('checksum mismatch for file "PG_VERSION"')],
      })
      expect(job.tone).toBe('bad')
      await writeFile(file, bytes)
    })

    test('Without a manifest of PostgreSQL nothing is proved, and none is made of the files as they are now', async () => {
      const file = join(folder, 'base', id, 'data', 'backup_manifest')
      await rename(file, `${file}.aside`)
      const job = await verified(lab)
      expect(saidBy(job)).toMatchObject({
        state: 'unknown',
        lines: [expect.stringContaining('It has no manifest of PostgreSQL.')],
      })
      expect(job.tone).toBe('attention')
      await rename(`${file}.aside`, file)
    })

    test('A backup whose WAL is missing is failed by check-backup, and that is told', async () => {
      const wals = join(folder, 'wals')
      const { kindling } = JSON.parse(await barman('-f', 'json', 'show-backup', 'kindling', id))
      const begins: string = kindling.base_backup_information.begin_wal
      const segment = join(wals, begins.slice(0, 16), begins)
      await rename(segment, `${segment}.aside`)
      const job = await verified(lab)
      expect(saidBy(job)).toMatchObject({ state: 'bad', lines: [`${id}: It failed.`] })
      await rename(`${segment}.aside`, segment)
      // Barman checks it no more, wherever its WAL is by now.
      expect(await verified(lab)).toMatchObject({ failure: null, tone: 'bad' })
    })
  },
)
