import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { answeringServer } from '../../fakes/answering-server.ts'
import { kisekiShards, writeKisekiSnapshot } from '../../lab/kiseki.ts'
import { kiokFolder, masterKey } from './fixture.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
const folder = join(home, 'kiseki')
const flags = ['--repository', pathToFileURL(folder).href, '--system', 'kiseki']
/** Oldest first: two with shards, two empty, and at last a tar alone. */
let ids: readonly string[]

beforeAll(async () => {
  mkdirSync(folder)
  const store = await openFolderStore(folder)
  const written: string[] = []
  for (const [day, shards] of [2, 2, 0, 0, 0].entries()) {
    const at = `2020-03-0${day + 1}T06:00:00Z`
    written.push(
      await writeKisekiSnapshot(
        { seed: `prune ${day}`, at, shards: kisekiShards(`prune ${day}`, shards, 100) },
        store,
      ),
    )
  }
  await store.delete(`${written[4]}/manifest.json`)
  await store.close()
  const old = Date.UTC(2020, 2, 5) / 1000
  utimesSync(join(folder, written[4] ?? '', 'snapshot.tar'), old, old)
  ids = written
})

const present = (): readonly string[] =>
  readdirSync(folder).filter((name) => readdirSync(join(folder, name)).length > 0)

describe('holdfast prune', () => {
  test('deletes nothing while nothing is proved, and says what would change that', async () => {
    const { status, stdout } = await runCli(home, ['prune', ...flags])
    expect(status).toBe(0)
    expect(stdout).toContain('No backup here is proved to be whole; until one is, none is deleted.')
    expect(stdout).toContain('There is nothing to delete.')
    expect(stdout).toContain('"holdfast verify --all" proves what can be')
  })

  test('shows a reason a row and changes nothing, then deletes exactly the plan that was shown', async () => {
    await runCli(home, ['verify', '--all', ...flags])
    const before = present()
    const preview = await runCli(home, ['prune', ...flags])
    expect(preview.stdout).toMatch(/keep .*2020-03-02.*never deleted\./)
    expect(preview.stdout).toMatch(/delete .*2020-03-01.*It is older than 7 days\./)
    expect(preview.stdout).toMatch(/delete .*2020-03-04.*It holds nothing, and it is older than 7 days\./)
    expect(preview.stdout).toContain('Nothing was deleted.')
    const hash = /Plan ([0-9a-f]{64})/.exec(preview.stdout)?.[1] ?? ''
    expect(present()).toEqual(before)

    const other = await runCli(home, ['prune', ...flags, '--orphans', '--apply', '--plan', hash, '--json'])
    expect([other.status, JSON.parse(other.stdout).error.code]).toEqual([2, 'plan.changed'])
    expect(present()).toEqual(before)

    // What cannot be written down is not done.
    const chain = join(home, 'state/audit')
    renameSync(chain, `${chain}.away`)
    writeFileSync(chain, 'in the way')
    const unwritten = await runCli(home, ['prune', ...flags, '--apply', '--plan', hash, '--json'])
    expect([unwritten.status, JSON.parse(unwritten.stdout).error.code]).toEqual([3, 'audit.cannotWrite'])
    expect(present()).toEqual(before)
    rmSync(chain)
    renameSync(`${chain}.away`, chain)

    const { status, stdout } = await runCli(home, ['prune', ...flags, '--apply', '--plan', hash, '--json'])
    expect([status, JSON.parse(stdout)]).toMatchObject([
      0,
      {
        format: 'holdfast-prune/1',
        planHash: hash,
        applied: true,
        rules: { keepLast: null, keepDays: 7, atMost: 10 },
        result: { deleted: 6, goneBefore: 0, stillThere: [] },
      },
    ])
    expect(new Set(present())).toEqual(new Set([ids[1], ids[4]]))
    const verified = await runCli(home, ['verify', '--all', '--json', ...flags])
    expect(JSON.parse(verified.stdout).summary).toMatchObject({ backups: 1, good: 1 })
  })

  test('is in the audit chain, with the plan and what went', async () => {
    const { stdout } = await runCli(home, ['audit', 'list', '--json'])
    const entries: { action: string; facts: { name: string; value: string }[] }[] = JSON.parse(stdout).entries
    const finished = entries.find(({ action }) => action === 'prune.finished')
    expect(entries.some(({ action }) => action === 'prune.started')).toBe(true)
    const went = finished?.facts.find(({ name }) => name === 'backups')?.value.split(' ')
    expect(new Set(went)).toEqual(new Set([ids[0], ids[2], ids[3]]))
  })

  test('sweeps what a failed upload left, where that is asked for', async () => {
    const { status, stdout } = await runCli(home, ['prune', ...flags, '--orphans', '--apply'])
    expect([status, stdout]).toEqual([0, expect.stringContaining('what was left of 1 other')])
    expect(existsSync(join(folder, ids[4] ?? '', 'snapshot.tar'))).toBe(false)
    const again = await runCli(home, ['prune', ...flags, '--orphans', '--apply'])
    expect(again.stdout).toContain('There was nothing to delete.')
  })

  test('wants rules where a system has no usual ones, and takes none that keep nothing', async () => {
    const kiok = await kiokFolder(home, 'kiok')
    for (const rules of [
      [],
      ['--keep-last', '0'],
      ['--keep-days', '-1'],
      ['--keep-days', 'x'],
      ['--at-most', '3'],
    ]) {
      const { status, stdout } = await runCli(home, ['prune', ...kiok.flags, ...rules, '--apply', '--json'])
      expect([rules, status, JSON.parse(stdout).error.code]).toEqual([rules, 2, 'usage'])
    }
  })

  test('keeps what kept backups of kiok need: what is left is good', async () => {
    const kiok = await kiokFolder(home, 'kiok-chain')
    const env = { HOLDFAST_MASTER_KEY: masterKey }
    await runCli(home, ['verify', '--all', ...kiok.flags], { env })
    const { status, stdout } = await runCli(
      home,
      ['prune', ...kiok.flags, '--keep-last', '1', '--apply', '--json'],
      { env },
    )
    const document: { rows: { fate: string }[] } = JSON.parse(stdout)
    // The first night holds four stores of the last.
    expect([status, document.rows.map(({ fate }) => fate)]).toEqual([0, ['keep', 'delete', 'keep']])
    const verified = await runCli(home, ['verify', '--all', '--recheck', '--json', ...kiok.flags], { env })
    expect(JSON.parse(verified.stdout).summary).toMatchObject({ backups: 2, good: 2 })
  })

  test('deletes nothing from a repository that answers with a login page', async () => {
    const server = await answeringServer((_request, response) =>
      response.end('<html><head><title>Sign in</title></head><body>Hello</body></html>'),
    )
    try {
      const address = `s3://bucket/?endpoint=${encodeURIComponent(server.url)}&region=eu&style=path`
      const args = ['prune', '--repository', address, '--system', 'kiseki', '--orphans', '--apply', '--json']
      const env = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }
      const { status, stdout } = await runCli(home, args, { env })
      expect([status, JSON.parse(stdout).error.code]).toEqual([3, 'repository.badAnswer'])
      expect(new Set(server.requests.map(({ method }) => method))).toEqual(new Set(['GET']))
    } finally {
      await server.close()
    }
  })
})
