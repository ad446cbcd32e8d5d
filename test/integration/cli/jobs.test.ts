import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { openCliDesk } from '../../../src/main/hosts/cli-desk.ts'
import { clusterInput } from '../router/router-lab.ts'
import { installation, passphrase, type Installation } from './desk-commands.ts'
import { keyFile, kiokFolder, masterKey, type RepositoryFixture } from './fixture.ts'
import { temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
let here: Installation
let kiok: RepositoryFixture
let damaged: RepositoryFixture
/** Jobs of a window that was closed: ended ones by name, and interrupted ones. */
const jobs = { good: '', bad: '', interrupted: [] as string[] }

type Desk = Awaited<ReturnType<typeof openCliDesk>>

async function openDesk(): Promise<Desk> {
  const out = new URL('../../../out/', import.meta.url)
  return openCliDesk({
    stateFolder: join(home, 'state'),
    shell: 'browser',
    version: 'test',
    workerUrl: new URL('main/worker.js', out),
    pagesUrl: new URL('renderer/', out),
  })
}

beforeAll(async () => {
  here = installation(home)
  kiok = await kiokFolder(home, 'kiok')
  damaged = await kiokFolder(home, 'damaged', { masterKey: 'another one' })
  mkdirSync(join(home, 'targets'))
  keyFile(home)
  const desk = await openDesk()
  const { client } = desk
  await client.vault.choose({ backend: 'sealedFile', passphrase })
  const key = await client.vault.add({ label: 'key', secret: { kind: 'masterKey', key: masterKey } })
  const started = async ({ folder }: RepositoryFixture, name: string): Promise<string> => {
    const known = (await client.clusters.list()).find((each) => each.name === name)
    const { id } =
      known ?? (await client.clusters.add({ ...clusterInput({ name, folder, masterKeys: [key.id] }) }))
    const all = { clusterId: id, selection: { kind: 'all' as const }, level: null, recheck: true }
    return (await client.verify.start(all)).jobId
  }
  for (const [name, fixture] of [
    ['good', kiok],
    ['bad', damaged],
  ] as const) {
    jobs[name] = await started(fixture, name)
    for await (const _event of await client.jobs.events({ id: jobs[name], after: 0 }));
  }
  const many = await Promise.all(Array.from({ length: 8 }, async () => started(kiok, 'good')))
  await desk.close()
  // At most three of them ran.
  jobs.interrupted = many.slice(3)
})

test('Jobs are listed with how they ended, and shown one by one', async () => {
  const { value } = await here.json(['jobs', 'list'])
  expect(value.jobs.map(({ id }: { id: string }) => id)).toEqual(
    expect.arrayContaining([jobs.good, jobs.bad, ...jobs.interrupted]),
  )
  const { stdout } = await here.run(['jobs', 'list'])
  expect(stdout).toContain(`${jobs.good.slice(0, 8)}  verify  done         good`)
  const shown = await here.run(['jobs', 'show', jobs.good.slice(0, 8)])
  expect(shown).toMatchObject({ status: 0, stdout: expect.stringMatching(/3\sbackups good\./) })
  const [interrupted = ''] = jobs.interrupted
  expect((await here.run(['jobs', 'show', interrupted])).stdout).toContain(
    `Go on with it: holdfast jobs resume ${interrupted.slice(0, 8)}`,
  )
})

test('Watching a job tells what happened, and its status is how the job ended', async () => {
  const good = await here.run(['jobs', 'watch', jobs.good])
  expect(good.status).toBe(0)
  expect(good.stderr).toMatch(/running\n.*List backups\n[\s\S]*Read objects\n[\s\S]*done\n/)
  expect(await here.json(['jobs', 'watch', jobs.bad])).toMatchObject({
    status: 1,
    value: { job: { state: 'done', tone: 'bad', result: { bad: 3 } } },
  })
})

test('An interrupted job is gone on with here, dismissed, or cancelled only while it runs', async () => {
  const [resumed = '', dismissed = '', locked = ''] = jobs.interrupted
  expect(await here.json(['jobs', 'resume', locked])).toMatchObject({
    status: 3,
    value: { error: { code: 'vault.locked' } },
  })
  expect(await here.json(['jobs', 'resume', resumed, ...here.passphraseFile])).toMatchObject({
    status: 0,
    value: { job: { state: 'done', result: { good: 3 } } },
  })
  expect(await here.json(['jobs', 'dismiss', dismissed])).toMatchObject({
    status: 0,
    value: { job: { state: 'cancelled' } },
  })
  expect((await here.run(['jobs', 'watch', dismissed])).status).toBe(130)
  for (const answer of ['resume', 'dismiss']) {
    const again = await here.json([
      'jobs',
      answer,
      dismissed,
      ...(answer === 'resume' ? here.passphraseFile : []),
    ])
    expect(again).toMatchObject({ status: 2, value: { error: { code: 'job.refused' } } })
  }
  // One that has ended is as it was.
  expect((await here.json(['jobs', 'cancel', jobs.good])).value.job.state).toBe('done')
})

test('A job is named by a beginning that means one; else nothing is done', async () => {
  expect(await here.json(['jobs', 'show', 'zz'])).toMatchObject({
    status: 2,
    value: { error: { code: 'job.notFound' } },
  })
  expect(await here.json(['jobs', 'cancel', ''])).toMatchObject({
    status: 2,
    value: { error: { code: 'usage' } },
  })
})

test('A job that runs in a window is cancelled from here, and the chain names who asked', async () => {
  const desk = await openDesk()
  try {
    const { client } = desk
    const [repository] = await client.repositories.list()
    const [cluster] = await client.clusters.list()
    if (repository === undefined || cluster === undefined) throw new Error('Nothing was added.')
    const { id, name, address, access } = repository
    await client.vault.unlock({ passphrase })
    await client.repositories.edit({ id, name, address, access: { ...access, maxBytesPerSecond: 1_000 } })
    const { jobId } = await client.verify.start({
      clusterId: cluster.id,
      selection: { kind: 'all' },
      level: null,
      recheck: true,
    })
    const { status, stdout } = await here.run(['jobs', 'cancel', jobId])
    expect([status, stdout]).toEqual([0, expect.stringContaining('The process that runs it was asked')])
    for await (const _event of await client.jobs.events({ id: jobId, after: 0 }));
    expect((await client.jobs.get({ id: jobId })).state).toBe('cancelled')
    const asked = (await client.audit.list({ limit: 20 })).entries.filter(
      ({ action }) => action === 'job.cancelAsked',
    )
    expect(asked.some(({ actor }) => actor.endsWith('command line'))).toBe(true)
    await client.repositories.edit({ id, name, address, access })
  } finally {
    await desk.close()
  }
})

test('While a window runs, what is saved is read here and changed there', async () => {
  const desk = await openDesk()
  try {
    const [, , , interrupted = ''] = jobs.interrupted
    expect((await here.json(['jobs', 'list'])).value.jobs.length).toBeGreaterThan(5)
    const refused = await here.json(['jobs', 'dismiss', interrupted])
    expect(refused).toMatchObject({ status: 3, value: { error: { code: 'state.readOnly' } } })
    const cluster = await here.json(['clusters', 'edit', 'good', '--rpo', '2d'])
    expect(cluster).toMatchObject({ status: 3, value: { error: { code: 'state.readOnly' } } })
  } finally {
    await desk.close()
  }
})
