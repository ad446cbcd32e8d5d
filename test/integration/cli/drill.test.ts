import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { changoFolder, keyFile, kindlingFolder, kiokFolder, type RepositoryFixture } from './fixture.ts'
import { installation } from './desk-commands.ts'
import { cliFile, runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
let kiok: RepositoryFixture
let chango: RepositoryFixture
let keys: readonly string[]

beforeAll(async () => {
  kiok = await kiokFolder(home, 'kiok')
  chango = await changoFolder(home, 'chango')
  keys = ['--master-key-file', keyFile(home)]
})

const usualScratch = join(home, 'state', 'scratch')

test('A drill restores a backup, says how long each part took and what it did not measure, and leaves nothing', async () => {
  const { status, stdout } = await runCli(home, ['drill', '20261112', ...kiok.flags, ...keys, '--json'])
  expect(status).toBe(0)
  const said = JSON.parse(stdout)
  expect(said).toMatchObject({
    drilled: true,
    system: 'kiok',
    drill: {
      backupId: kiok.ids[2],
      by: 'command',
      outcome: { kind: 'restored' },
      items: 6,
      folderStands: false,
    },
    backup: { verdict: 'good', restoredAt: said.drill.finishedAt },
  })
  expect(said.drill.measuredRtoMs).toBeGreaterThan(0)
  expect(said.drill.notMeasured.at(-1)).toContain('acceptance')
  expect(readdirSync(usualScratch)).toEqual([])

  const shown = await runCli(home, ['verify', kiok.ids[2] ?? '', ...kiok.flags, ...keys])
  expect(shown.stdout).toContain('restored by a drill')
  const verified = JSON.parse(
    (await runCli(home, ['verify', '--latest', '--json', ...kiok.flags, ...keys])).stdout,
  )
  expect(verified.backups[0].stores[0]).toMatchObject({ levelReached: 'restored' })
  const older = JSON.parse(
    (await runCli(home, ['verify', kiok.ids[0] ?? '', '--json', ...kiok.flags, ...keys])).stdout,
  )
  expect(older.backups[0].stores[0]).toMatchObject({ levelReached: 'matches' })
})

test('A drill works in the folder that is named, and in none that others use', async () => {
  const named = join(home, 'named')
  mkdirSync(named)
  const args = ['drill', chango.ids[1] ?? '', ...chango.flags, ...keys]
  const { status, stdout } = await runCli(home, [...args, '--scratch', named])
  expect([status, stdout.includes(`${named}/holdfast-scratch-`)]).toEqual([0, true])
  expect(readdirSync(named)).toEqual([])
  for (const [folder, why] of [
    [chango.folder, 'It lies in the repository'],
    [join(home, 'nowhere'), 'There is no such folder.'],
  ] as const) {
    const refused = await runCli(home, [...args, '--scratch', folder])
    expect([refused.status, refused.stderr.includes(why)]).toEqual([2, true])
  }
})

test('A drill of a damaged backup has failed, and the exit status says that of the backup', async () => {
  const spoilt = await kiokFolder(home, 'spoilt')
  const folder = join(spoilt.folder, spoilt.ids[2] ?? '')
  writeFileSync(join(folder, 'metadata.enc'), 'not what it was')
  const { status, stdout } = await runCli(home, ['drill', '--json', '20261112', ...spoilt.flags, ...keys])
  expect(status).toBe(1)
  expect(JSON.parse(stdout)).not.toHaveProperty('backup.restoredAt')
  expect(JSON.parse(stdout)).toMatchObject({
    drilled: false,
    drill: { outcome: { kind: 'failed', at: 'prove' }, measuredRtoMs: null, folderStands: false },
    backup: { verdict: 'bad' },
  })
})

test('What cannot be drilled is refused with the reason, and is no drill', async () => {
  const kindling = await kindlingFolder(home, 'kindling')
  for (const [args, code, why] of [
    [['drill', kindling.ids[0] ?? '', ...kindling.flags], 2, 'Files of a running database are no database'],
    [['drill', '20261112', ...kiok.flags, '--cluster', 'x'], 2, '--cluster alone'],
    [['drill', '20261112', '--system', 'kiok'], 2, '--repository'],
    // Nothing is known of it without its key: that says nothing of the backup.
    [['drill', '20261110', ...kiok.flags], 2, 'key.missing'],
  ] as const) {
    const { status, stderr } = await runCli(join(home, 'elsewhere'), args)
    expect([status, stderr]).toEqual([code, expect.stringContaining(why)])
  }
})

test('A drill that is killed in the middle leaves a folder that the next one removes, and names', async () => {
  const large = await kiokFolder(home, 'large', {
    storeSizes: { metadata: 3_000_000, kms: 700, iam: 900, connections: 120, joblog: 2_000_000 },
  })
  const flags = [...large.flags, ...keys]
  // What is proved already is not read before: the kill comes while it is written.
  expect((await runCli(home, ['verify', '--latest', ...flags])).status).toBe(0)
  const child = spawn(process.execPath, [cliFile, 'drill', '20261112', ...flags, '--max-rate', '500k'], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, HOLDFAST_STATE_DIR: join(home, 'state') },
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  const left = await vi.waitUntil(
    () => {
      const name = readdirSync(usualScratch).find((each) => each.startsWith('holdfast-scratch-'))
      const dir = name === undefined ? null : join(usualScratch, name)
      return dir !== null && existsSync(join(dir, 'restored', '.holdfast', 'staging')) && dir
    },
    { timeout: 20_000 },
  )
  child.kill('SIGKILL')
  await ended
  expect(existsSync(left)).toBe(true)

  const next = await runCli(home, ['drill', '20261112', ...flags])
  expect(next.status).toBe(0)
  expect(next.stderr).toContain(`${left} was left by a drill of ${large.ids[2]}`)
  expect(next.stderr).toContain('It is removed now.')
  expect(readdirSync(usualScratch)).toEqual([])
  const audit = await runCli(home, ['audit', 'list', '--json'])
  expect(audit.stdout).toContain('scratch.removed')
})

test('A drill of a saved cluster is a job of its desk, and what it found is known of the cluster', async () => {
  mkdirSync(join(home, 'saved'))
  const here = installation(join(home, 'saved'))
  await here.json(['clusters', 'add', 'chango-one', ...chango.flags, '--rto', '20m'])
  const { status, value } = await here.json(['drill', chango.ids[1] ?? '', '--cluster', 'chango-one'])
  expect(status).toBe(0)
  expect(value).toMatchObject({
    cluster: 'chango-one',
    state: 'done',
    result: { kind: 'drill', backupId: chango.ids[1], outcome: { kind: 'restored' }, leftFolder: null },
  })
  await here.run(['clusters', 'refresh'])
  const listed = (await here.json(['clusters', 'list'])).value.clusters
  expect(listed[0].look.lastDrill).toMatchObject({ backupId: chango.ids[1], rtoMs: value.result.rtoMs })
})

test('The drills of saved clusters are listed with their times, and the exit status says whether one asks for another', async () => {
  mkdirSync(join(home, 'listed'))
  const here = installation(join(home, 'listed'))
  await here.run(['clusters', 'add', 'drilled', ...chango.flags, '--rto', '1h'])
  await here.run(['drill', chango.ids[1] ?? '', '--cluster', 'drilled'])
  const { status, value } = await here.json(['drills'])
  expect(status).toBe(0)
  expect(value.clusters).toMatchObject([
    { name: 'drilled', standing: { state: 'good' }, dueAfterDays: 90, targetMs: 3_600_000 },
  ])
  expect(value.clusters[0].drills).toMatchObject([
    { backupId: chango.ids[1], outcome: { kind: 'restored' }, against: 'within' },
  ])

  await here.run(['clusters', 'add', 'never-drilled', ...kiok.flags])
  const all = await here.run(['drills'])
  expect(all.status).toBe(1)
  expect(all.stdout).toMatch(/^drilled +\S+ .* restored +\S+\ss \(within 1\sh\) +Prove /)
  expect(all.stdout).toContain('! never-drilled: No backup of it')
  expect((await here.run(['drills', 'drilled'])).status).toBe(0)
  expect((await here.run(['drills', '--older-than', 'soon'])).status).toBe(2)
})

test('When a console drills a cluster by itself is shown, written and ended, and one that was missed is a finding', async () => {
  mkdirSync(join(home, 'scheduled'))
  const here = installation(join(home, 'scheduled'))
  await here.run(['clusters', 'add', 'by-itself', ...chango.flags])
  const schedule = async (...flags: readonly string[]) => here.run(['drill-schedule', 'by-itself', ...flags])
  expect(await schedule()).toMatchObject({ status: 0, stdout: 'This console: no drill by itself.\n' })

  for (const [flags, why] of [
    [['--at', '03:30'], '--every says each how many days.'],
    [['--every', '0'], 'no number of days from 1 to 365'],
    [['--every', '30', '--at', '24:00'], 'no time of day'],
    [['--every', '30', '--off'], 'exclude each other'],
    [['--every', '30', '--scratch', chango.folder], 'It lies in the repository'],
  ] as const) {
    const { status, stderr } = await schedule(...flags)
    expect([status, stderr]).toEqual([2, expect.stringContaining(why)])
  }
  expect((await schedule()).stdout).toContain('no drill by itself')

  const kept = await here.json(['drill-schedule', 'by-itself', '--every', '30', '--at', '03:30', '--zone', 'UTC']) // prettier-ignore
  expect(kept).toMatchObject({
    status: 0,
    value: { cluster: 'by-itself', missed: null, schedule: { everyDays: 30, at: '03:30', folder: null } },
  })
  expect(kept.value.next.map((time: string) => time.slice(11))).toEqual(
    Array.from({ length: 3 }, () => '03:30:00.000Z'),
  )

  // As if it had been kept long ago, while nothing ran.
  const file = join(here.home, 'state', 'clusters.json')
  const text = readFileSync(file, 'utf8')
  expect(text).toContain('"firstAt"')
  writeFileSync(file, text.replace(/"firstAt": ?"[^"]+"/, '"firstAt":"2026-01-01T03:30:00.000Z"'))
  const missed = await schedule()
  expect(missed.status).toBe(1)
  expect(missed.stdout).toContain('d at 03:30 (UTC), in the usual folder')
  expect(missed.stdout).toContain('Holdfast did not run at that time.')

  expect(await schedule('--off')).toMatchObject({ status: 0, stdout: 'This console: no drill by itself.\n' })
  const audit = await here.run(['audit', 'list', '--json'])
  expect(audit.stdout).toContain('each 30 days at 03:30 (UTC), the usual folder')
})
