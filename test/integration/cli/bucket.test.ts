import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'
import { openS3Store } from '../../../src/main/adapters/s3/open-s3-store.ts'
import { systemClock } from '../../../src/main/adapters/system/clock.ts'
import type { ObjectStore } from '../../../src/main/ports/object-store.ts'
import { makeBucket } from '../../lab/bucket.ts'
import { makeChangoArchive } from '../../lab/chango.ts'
import { kisekiShards, writeKisekiSnapshot } from '../../lab/kiseki.ts'
import { sharedRgw } from '../../lab/shared.ts'
import { fillWithKiok, keyFile, masterKey, storeSizes } from './fixture.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()

interface Bucket {
  readonly store: (prefix: string) => Promise<ObjectStore>
  readonly address: (prefix: string) => string
  readonly env: Readonly<Record<string, string>>
}

/** A new bucket on the real server, or the test is skipped with the reason. */
async function newBucket({ skip }: TestContext, bucket: string): Promise<Bucket> {
  const rgw = await sharedRgw()
  if ('skip' in rgw) return skip(rgw.skip)
  const { endpoint, accessKeyId, secretAccessKey } = rgw
  const keys = { accessKeyId, secretAccessKey }
  await makeBucket(rgw, bucket)
  return {
    store: async (prefix) =>
      openS3Store(
        { kind: 's3', bucket, prefix, endpoint, region: null, style: 'path' },
        { credentials: { source: 'keys', keys }, clock: systemClock },
      ),
    address: (prefix) => `s3://${bucket}/${prefix}?endpoint=${encodeURIComponent(endpoint)}&style=path`,
    env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  }
}

test('A kiok repository in a real bucket is listed, proved and restored from the command line', async (context) => {
  const { store: open, address, env } = await newBucket(context, 'main-job-kiok')
  const store = await open('backups/')
  const ids = await fillWithKiok(store)
  await store.close()
  // With and without its last slash, as people type it.
  const flags = ['--repository', address('backups'), '--system', 'kiok', '--master-key-file', keyFile(home)]

  const keyCheck = await runCli(home, ['key-check', ...flags], { env })
  expect(keyCheck.stdout).toContain('3 of 3 backups opened')
  const verified = await runCli(home, ['verify', '--all', '--json', ...flags], { env })
  expect(JSON.parse(verified.stdout).summary).toMatchObject({ backups: 3, good: 3, objectsRead: 10 })
  const dir = join(home, 'kiok-export')
  const restored = await runCli(
    home,
    ['restore', ids[2] ?? '', ...flags, '--target', dir, '--confirm', 'kiok-prod'],
    { env },
  )
  expect(restored.status).toBe(0)
  expect(readFileSync(join(dir, 'joblog')).byteLength).toBe(storeSizes.joblog)

  const drilled = await runCli(home, ['drill', ids[2] ?? '', '--json', ...flags], { env })
  expect(drilled.status).toBe(0)
  const { drill } = JSON.parse(drilled.stdout)
  expect(drill).toMatchObject({ outcome: { kind: 'restored' }, folderStands: false })
  // What was proved just now is remembered, and restored from the bucket all the same.
  expect(drill.phases.map(({ name, bytes }: { name: string; bytes: number }) => [name, bytes > 0])).toEqual([
    ['prove', false],
    ['read', true],
    ['unpack', true],
    ['place', true],
    ['readBack', true],
    ['cleanUp', true],
  ])
})

test('A chango repository in a real bucket, under a prefix without a slash, likewise', async (context) => {
  const { store: open, address, env } = await newBucket(context, 'main-job-chango')
  const store = await open('prod-')
  const archive = await makeChangoArchive({
    dialect: 2,
    seed: 'bucket',
    when: '2026-11-10T02:00:00Z',
    masterKey,
  })
  await store.putStream(archive.key, archive.pieces())
  await store.close()
  const flags = ['--repository', address('prod-'), '--system', 'chango', '--master-key-file', keyFile(home)]
  const verified = await runCli(home, ['verify', '--latest', '--json', ...flags], { env })
  expect(JSON.parse(verified.stdout).backups).toMatchObject([{ backupId: archive.backupId, verdict: 'good' }])
  const dir = join(home, 'chango-data')
  mkdirSync(dir)
  const restored = await runCli(
    home,
    ['restore', archive.backupId, ...flags, '--target', dir, '--confirm', 'chango-data'],
    { env },
  )
  expect(restored.status).toBe(0)
  expect(readFileSync(join(dir, 'iam', 'CURRENT'), 'utf8')).toBe('MANIFEST-000005\n')
})

test('An object overwritten in the bucket after the plan stops the restore before the target is touched', async (context) => {
  const { store: open, address, env } = await newBucket(context, 'swapped')
  const store = await open('backups/')
  const ids = await fillWithKiok(store)
  const flags = ['--repository', address('backups/'), '--system', 'kiok', '--master-key-file', keyFile(home)]
  const dir = join(home, 'swapped')
  const args = [ids[2] ?? '', ...flags, '--target', dir]
  const { planHash } = JSON.parse((await runCli(home, ['plan', ...args, '--json'], { env })).stdout)
  const other = await open('other/')
  await fillWithKiok(other, { seed: 'other' })
  await store.put(`${ids[0]}/kms.enc`, Buffer.from('something else entirely'))
  await other.close()
  await store.close()
  const { status } = await runCli(home, ['restore', ...args, '--confirm', 'kiok-prod', '--plan', planHash], {
    env,
  })
  expect(status).toBe(2)
  expect(() => readFileSync(dir)).toThrow('ENOENT')
})

test('A bucket is told apart: missing, forbidden, wrong key pair', async (context) => {
  const { address, env } = await newBucket(context, 'told-apart')
  const codeOf = async (repository: string, given: Readonly<Record<string, string>>) => {
    const run = await runCli(
      home,
      ['verify', '--all', '--json', '--system', 'kiok', '--repository', repository],
      { env: given },
    )
    return [run.status, JSON.parse(run.stdout).error?.code]
  }
  expect(await codeOf(address('').replace('told-apart', 'no-such-bucket'), env)).toEqual([
    3,
    'repository.notFound',
  ])
  expect(await codeOf(address(''), { ...env, AWS_SECRET_ACCESS_KEY: 'wrong' })).toEqual([
    3,
    'repository.badKeyPair',
  ])
  expect(await codeOf(address(''), {})).toEqual([3, 'repository.noCredentials'])
  expect(await codeOf(address('').replace(/127\.0\.0\.1%3A\d+/, '127.0.0.1%3A1'), env)).toEqual([
    3,
    'repository.unreachable',
  ])
})

test('Snapshots of kiseki in a real bucket, whose keys have colons, are proved, exported and cleaned up', async (context) => {
  const { store: open, address, env } = await newBucket(context, 'main-job-kiseki')
  const store = await open('')
  const ids: string[] = []
  for (const [day, shards] of [2, 0, 3, 0].entries()) {
    const at = `2020-03-0${day + 1}T06:00:00Z`
    ids.push(
      await writeKisekiSnapshot(
        { seed: `bucket ${day}`, at, shards: kisekiShards(`bucket ${day}`, shards, 300) },
        store,
      ),
    )
  }
  const flags = ['--repository', address(''), '--system', 'kiseki']
  const verified = await runCli(home, ['verify', '--all', '--json', ...flags], { env })
  expect(JSON.parse(verified.stdout).summary).toMatchObject({
    backups: 4,
    good: 2,
    warning: 2,
    objectsRead: 8,
  })
  const dir = join(home, 'kiseki-export')
  const target = ['--target', dir, '--confirm', 'kiseki-export']
  const restored = await runCli(home, ['restore', ids[2] ?? '', ...flags, ...target], { env })
  expect(restored.status).toBe(0)
  expect(readFileSync(join(dir, 'manifest.json'), 'utf8')).toContain(`"snapshot_id":"${ids[2]}"`)
  const pruned = await runCli(home, ['prune', ...flags, '--apply', '--json'], { env })
  expect(JSON.parse(pruned.stdout).result).toMatchObject({ deleted: 6, goneBefore: 0, stillThere: [] })
  const left: string[] = []
  for await (const entry of store.list()) if (entry.kind === 'object') left.push(entry.key)
  expect(left).toEqual([`${ids[2]}/manifest.json`, `${ids[2]}/snapshot.tar`])
  await store.close()
})
