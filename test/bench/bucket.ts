import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { openS3Store } from '../../src/main/adapters/s3/open-s3-store.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { mapInParallel } from '../../src/shared/domain/parallel.ts'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import type { RgwAccess } from '../lab/rgw.ts'
import { inRounds, type Timed } from './compare.ts'
import { four, keyFile, kiokFlags, makeFolder, mebibyte } from './lab.ts'
import { findTool, holdfast, shell, type Environment } from './measure.ts'
import { memoryRow, rateRow, ratioRow, secondsRow, type Section } from './report.ts'

const bytes = 1024 * mebibyte
const listedKeys = 20_000

/** Verification of 1 GiB from a gateway on this machine, which takes its share of the same processors. */
export async function bucketSection(rgw: RgwAccess, dir: string, rounds: number): Promise<Section> {
  const { folder } = await makeFolder(dir, 'four', four(bytes / 4))
  const { store, address } = await newBucket(rgw, 'verify')
  await copyAll(folder, store)
  await store.close()
  const env = await environment(rgw, dir)
  const restic = findTool('restic') && `restic --repo s3:${rgw.endpoint}/restic --no-cache --quiet`
  if (restic) await shell(`${restic} init; ${restic} backup ${folder}`, env)
  await shell('sync')
  const flags = kiokFlags(address, await keyFile(dir))
  const verify = (level: string) => () => holdfast(['verify', '--all', ...flags, '--level', level], { env })
  const hasRclone = findTool('rclone')
  const aws = awsCommand(rgw)
  const standing = await inRounds(rounds, {
    intact: { name: 'intact', run: verify('intact') },
    rclone: {
      name: 'rclone hashsum sha256 --download',
      run: hasRclone ? () => shell('rclone hashsum sha256 --download lab:verify', env) : null,
    },
    matches: { name: 'matches', run: verify('matches') },
    restic: {
      name: 'restic check --read-data',
      run: restic ? () => shell(`${restic} check --read-data`, env) : null,
    },
    aws: {
      name: 'aws s3 cp … - | sha256sum',
      run: aws
        ? () =>
            shell(
              `for name in $(cd ${folder} && ls */*.enc); do ${aws} s3 cp s3://verify/$name - | sha256sum; done`,
              env,
            )
        : null,
    },
  })
  const peak = await holdfast(['verify', '--all', ...flags], { env })
  return {
    title: 'Verify 1 GiB from Ceph RGW on loopback, four sealed objects',
    rows: [
      rateRow(bytes, standing.matches),
      rateRow(bytes, standing.intact),
      rateRow(bytes, standing.restic),
      rateRow(bytes, standing.rclone),
      rateRow(bytes, standing.aws),
      ratioRow(standing.matches, standing.restic, 1.5),
      ratioRow(standing.matches, standing.rclone, 0.8),
      ratioRow(standing.intact, standing.rclone, 1),
      ratioRow(standing.intact, standing.aws, 2.5),
      memoryRow('peak memory, matches', peak.peakBytes),
    ],
    runs: Object.values(standing),
  }
}

/** A listing of 20 000 keys: alone, and by a whole command, which also starts, sorts and prints what it finds. */
export async function listingSection(rgw: RgwAccess, dir: string, rounds: number): Promise<Section> {
  const flat = await filledBucket(rgw, 'listing', (place) => `chango-backups/${archiveName(place)}`)
  const folders = await filledBucket(rgw, 'folders', (place) => {
    const name = storeNames[place % storeNames.length] ?? ''
    return `backups/${backupName(Math.floor(place / storeNames.length))}/${name}`
  })
  const env = await environment(rgw, dir)
  const hasRclone = findTool('rclone')
  const aws = awsCommand(rgw)
  const standing = await inRounds(rounds, {
    alone: { name: 'the listing alone, in a running process', run: () => listAll(flat.store) },
    own: {
      name: 'backups --json',
      run: async () => {
        const flags = ['--repository', flat.address, '--system', 'chango', '--json']
        const run = await holdfast(['backups', ...flags], { env })
        const { backups } = JSON.parse(run.stdout) as { backups: readonly unknown[] }
        if (backups.length !== listedKeys) throw new Error(`Only ${backups.length} keys were listed.`)
        return run
      },
    },
    aws: {
      name: 'aws s3api list-objects-v2',
      run: aws ? () => shell(`${aws} s3api list-objects-v2 --bucket listing`, env) : null,
    },
    rclone: { name: 'rclone lsf -R', run: hasRclone ? () => shell('rclone lsf -R lab:listing', env) : null },
    aloneInFolders: { name: 'in folders: the listing alone', run: () => listAll(folders.store) },
    awsInFolders: {
      name: 'in folders: aws s3api list-objects-v2',
      run: aws ? () => shell(`${aws} s3api list-objects-v2 --bucket folders`, env) : null,
    },
    rcloneInFolders: {
      name: 'in folders: rclone lsf -R',
      run: hasRclone ? () => shell('rclone lsf -R lab:folders', env) : null,
    },
  })
  for (const { store } of [flat, folders]) await store.close()
  return {
    title: 'List 20 000 keys of one bucket, archives side by side and backups in folders of six',
    rows: [
      ...Object.values(standing).map((each) => secondsRow(each)),
      ratioRow(standing.alone, standing.aws, 3),
      ratioRow(standing.alone, standing.rclone, 3),
      ratioRow(standing.aloneInFolders, standing.awsInFolders, 3),
      ratioRow(standing.aloneInFolders, standing.rcloneInFolders, 3),
      ratioRow(standing.own, standing.aws),
      ratioRow(standing.own, standing.rclone),
    ],
    runs: Object.values(standing),
  }
}

async function filledBucket(rgw: RgwAccess, name: string, keyOf: (place: number) => string) {
  const bucket = await newBucket(rgw, name)
  const keys = Array.from({ length: listedKeys }, (_, place) => keyOf(place))
  await mapInParallel(keys, 32, (key) => bucket.store.put(key, new Uint8Array()))
  return bucket
}

async function listAll(store: ObjectStore): Promise<Timed> {
  const startedAt = performance.now()
  let keys = 0
  for await (const _ of store.list()) keys += 1
  if (keys !== listedKeys) throw new Error(`Only ${keys} keys were listed.`)
  return { seconds: (performance.now() - startedAt) / 1000 }
}

async function newBucket(
  rgw: RgwAccess,
  bucket: string,
): Promise<{ readonly store: ObjectStore; readonly address: string }> {
  const { endpoint } = rgw
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: rgw })
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  client.destroy()
  const store = await openS3Store(
    { kind: 's3', bucket, prefix: '', endpoint, region: null, style: 'path' },
    { credentials: { source: 'keys', keys: rgw }, clock: systemClock },
  )
  return { store, address: `s3://${bucket}/?endpoint=${encodeURIComponent(endpoint)}&style=path` }
}

async function copyAll(folder: string, into: ObjectStore): Promise<void> {
  const from = await openFolderStore(folder)
  for await (const entry of from.list()) {
    if (entry.kind !== 'object') continue
    await into.putStream(entry.key, (await from.get(entry.key)).pieces)
  }
  await from.close()
}

/** Keys and settings for every tool, in a home of its own. */
async function environment(rgw: RgwAccess, dir: string): Promise<Environment> {
  const home = join(dir, 'home')
  await mkdir(home, { recursive: true })
  await writeFile(join(home, 'restic.key'), 'bench')
  return {
    HOME: home,
    AWS_ACCESS_KEY_ID: rgw.accessKeyId,
    AWS_SECRET_ACCESS_KEY: rgw.secretAccessKey,
    AWS_DEFAULT_REGION: 'us-east-1',
    RESTIC_PASSWORD_FILE: join(home, 'restic.key'),
    RCLONE_CONFIG_LAB_TYPE: 's3',
    RCLONE_CONFIG_LAB_PROVIDER: 'Ceph',
    RCLONE_CONFIG_LAB_ENDPOINT: rgw.endpoint,
    RCLONE_CONFIG_LAB_ACCESS_KEY_ID: rgw.accessKeyId,
    RCLONE_CONFIG_LAB_SECRET_ACCESS_KEY: rgw.secretAccessKey,
  }
}

function awsCommand(rgw: RgwAccess): string | null {
  const tool = findTool('aws')
  return tool && `${tool} --endpoint-url ${rgw.endpoint}`
}

const storeNames = ['manifest.json', 'metadata.enc', 'kms.enc', 'iam.enc', 'connections.enc', 'joblog.enc']

function archiveName(hour: number): string {
  return `${momentAt(hour).replace(/[-:]/g, '')}-${hour.toString(16).padStart(8, '0')}.tar.gz`
}

function backupName(hour: number): string {
  return `${momentAt(hour).replace(/[-:]/g, '')}Z-${hour.toString(16).padStart(8, '0')}`
}

/** One an hour from 2024 on. */
function momentAt(hour: number): string {
  return new Date(Date.UTC(2024, 0, 1, hour)).toISOString().slice(0, 19)
}
