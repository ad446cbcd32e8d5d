import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { noAccess, type Access } from '../../../src/shared/contract/repositories.ts'
import type { ConnectionValues } from '../../../src/shared/contract/connection-fields.ts'
import { systemName } from '../../../src/shared/contract/values.ts'
import { clusterInput, type Client } from '../router/router-lab.ts'
import { startProgram, type Heard, type Program } from './program.ts'
import { openScene, type Scene } from './scene.ts'
import { hitsBelow, hitsIn, hitsInProcesses } from './search.ts'

let scene: Scene
const heard: Heard = { said: '', answers: [], requests: [] }
beforeAll(async () => {
  scene = await openScene()
})
afterAll(async () => {
  await scene.close()
})

/** What goes on in a call, whether it is refused or not: here only what it leaves behind matters. */
async function tried(call: () => Promise<unknown>): Promise<void> {
  try {
    const output = await call()
    if (typeof output === 'object' && output !== null && Symbol.asyncIterator in output) {
      for await (const _event of output as AsyncIterable<unknown>);
    }
  } catch (error) {
    heard.said += `${String(error)} ${JSON.stringify(error)}\n`
  }
}

async function addSecrets(client: Client) {
  const add = async (label: string, secret: Parameters<Client['vault']['add']>[0]['secret']) =>
    (await client.vault.add({ label, secret })).id
  const s3 = { kind: 's3', accessKeyId: 'AKIACANARY' } as const
  return {
    typed: await add('typed', { kind: 'masterKey', key: scene.secretOf('typedMasterKey') }),
    file: await add('file', { kind: 'masterKeyFile', path: join(scene.dir, 'file.key') }),
    wrong: await add('wrong', { kind: 'masterKey', key: scene.secretOf('wrongMasterKey') }),
    s3: await add('refused', {
      ...s3,
      secretAccessKey: scene.secretOf('secretAccessKey'),
      sessionToken: scene.secretOf('sessionToken'),
    }),
    s3WithoutToken: await add('refused too', { ...s3, secretAccessKey: scene.secretOf('secretAccessKey') }),
    bucket: await add('the bucket', {
      ...s3,
      accessKeyId: scene.bucket?.accessKeyId ?? 'none',
      secretAccessKey: scene.canaries['secretOfTheBucket'] ?? 'none here',
    }),
    login: await add('login', { kind: 'login', user: 'operator', password: scene.secretOf('loginPassword') }),
    token: await add('token', { kind: 'token', token: scene.secretOf('token') }),
    password: await add('password', { kind: 'password', password: scene.secretOf('password') }),
  }
}

/** Calls that carry a secret where none belongs, or in a shape that no procedure takes. */
async function sendMisplaced({ client, send }: Program): Promise<void> {
  const secrets = Object.values(scene.canaries)
  for (const secret of secrets) {
    const key = JSON.stringify(secret)
    await send('/rpc/vault/add', `{"json":{"label":"x","secret":{"kind":"masterKey","key":${key},"more":1}}}`)
    await send('/rpc/vault/add', `{"json":{"label":"x","secret":{"kind":"s3","secretAccessKey":${key}}}}`)
    await send('/rpc/vault/unlock', `{"json":{"passphrase":[${key}]}}`)
    await send('/rpc/vault/unlock', `{"json":{"passphrase":${key},"passphrase":${key}}}`)
    await send('/rpc/nothing/there', `{"json":{"key":${key}}}`)
    await send('/rpc/vault/add', `{"json":{"label":"x","secret":{"kind":"masterKey","key":${key}`)
  }
  await tried(async () => client.vault.unlock({ passphrase: scene.secretOf('wrongPassphrase') }))
  await tried(async () =>
    client.vault.choose({ backend: 'sealedFile', passphrase: scene.secretOf('passphrase') }),
  )
  const login = encodeURIComponent(scene.secretOf('secretAccessKey'))
  for (const address of [`s3://AKIACANARY:${login}@bucket/`, `sftp://operator:${login}@host/folder`]) {
    const tested = { system: 'kiok' as const, address, access: noAccess, masterKeys: [] }
    await tried(async () => client.repositories.test(tested))
    await tried(async () =>
      client.clusters.add({
        ...clusterInput({ name: 'misplaced', folder: scene.dir }),
        repository: { kind: 'new', address, access: noAccess },
      }),
    )
  }
}

const vaultAccess = (id: string): Access => ({
  ...noAccess,
  allowHttp: true,
  credential: { source: 'vault', id },
})

const everything = (clusterId: string) => ({
  clusterId,
  selection: { kind: 'all' as const },
  level: null,
  recheck: true,
})

async function ended(jobId: string, client: Client): Promise<string> {
  for await (const _event of await client.jobs.events({ id: jobId, after: 0 }));
  return (await client.jobs.get({ id: jobId })).state
}

/** All that an operator does with clusters whose keys are right, wrong, refused, and whose backups are damaged. */
async function useThem(client: Client, keys: Awaited<ReturnType<typeof addSecrets>>) {
  const inFolder = async (name: string, masterKeys: readonly string[], folder: string) =>
    (await client.clusters.add(clusterInput({ name, folder: scene.folderOf(folder), masterKeys }))).id
  const inBucket = async (name: string, address: string, credential: string) =>
    (
      await client.clusters.add({
        ...clusterInput({ name, folder: scene.dir, masterKeys: [keys.typed] }),
        repository: { kind: 'new', address, access: vaultAccess(credential) },
      })
    ).id
  const echoAt = `s3://bucket/?endpoint=${scene.echo.url}&style=path`
  const good = await inFolder('good', [keys.typed], 'typed')
  const clusters = [
    good,
    await inFolder('file', [keys.file], 'file'),
    await inFolder('wrong key', [keys.wrong], 'typed'),
    await inFolder('damaged', [keys.typed], 'damaged'),
    await inBucket('refused with a token', echoAt, keys.s3),
    await inBucket('refused without', echoAt, keys.s3WithoutToken),
    ...(scene.bucket === null
      ? []
      : [
          await inBucket('real bucket', scene.bucket.address, keys.bucket),
          await inBucket('wrong keys for it', scene.bucket.address, keys.s3),
        ]),
  ]
  const states: string[] = []
  for (const id of clusters) {
    states.push(await ended((await client.verify.start(everything(id))).jobId, client))
    await tried(async () => ended((await client.verify.startKeyCheck({ clusterId: id })).jobId, client))
    await tried(async () => client.backups.chain({ clusterId: id }))
    const repository = (await client.clusters.list()).find((each) => each.id === id)?.repositoryId ?? ''
    await tried(async () => client.repositories.usage({ id: repository }))
    await tried(async () => client.repositories.posture({ id: repository }))
    await tried(async () => client.repositories.browse({ id: repository, prefix: '' }))
  }
  for (const credential of [keys.s3, keys.s3WithoutToken]) {
    const tested = {
      system: 'kiok' as const,
      address: echoAt,
      access: vaultAccess(credential),
      masterKeys: [keys.typed],
    }
    await tried(async () => client.repositories.test(tested))
  }
  const [newest] = (await client.backups.chain({ clusterId: good })).backups
  const targetDir = join(scene.dir, 'target')
  const asked = { clusterId: good, backupId: newest?.backupId ?? '', targetDir }
  for await (const event of await client.restore.prepare(asked)) {
    if (event.type !== 'plan') continue
    const { hash, confirm } = event.plan
    const { jobId } = await client.restore.start({ ...asked, planHash: hash, confirm })
    states.push(await ended(jobId, client))
    states.push(
      await ended((await client.restore.startRollback({ targetDir, confirm: 'target' })).jobId, client),
    )
  }
  return { good, states }
}

/** A login, a token and a password in the hands of masters that refuse them, and repeat them while they do. */
async function connectThem(client: Client, keys: Awaited<ReturnType<typeof addSecrets>>): Promise<void> {
  const { url } = scene.echo
  const ssh = { keyCredential: keys.password, sudoCredential: keys.password }
  const hosts = ['operator@127.0.0.1:1']
  const byLogin = { masters: [url], login: keys.login, plaintext: true, hosts, ssh }
  const connections = {
    kiok: byLogin,
    chango: byLogin,
    kindling: { hosts, api: [url], token: keys.token, plaintext: true, ssh },
    armada: { servers: [url], maintenanceToken: keys.token, tablesToken: keys.token, hosts, ssh },
    kiseki: { nodes: [url], dataPorts: [url], hosts, ssh },
  } satisfies Record<string, ConnectionValues>
  for (const [system, values] of Object.entries(connections)) {
    const name = `masters of ${system}`
    const folder = join(scene.dir, 'empty', system)
    await mkdir(folder, { recursive: true })
    const input = clusterInput({ name, folder, system: systemName.parse(system) })
    const { id } = await client.clusters.add(input)
    await client.masters.save({ id, values })
    await tried(async () => client.masters.test({ id, values }))
    await tried(async () => client.masters.probe({ id }))
    await tried(async () => client.masters.schedule({ id }))
    await tried(async () => client.masters.previewSettings({ id, changes: { cron: '30 4 * * *' } }))
    const { ways } = await client.masters.snapshotOffer({ id })
    for (const way of ways) {
      await tried(async () =>
        ended((await client.masters.snapshot({ id, way: way.id, confirm: name })).id, client),
      )
    }
  }
}

/** A verification that reads slowly, once it is reading. */
async function slowly(client: Client, clusterId: string): Promise<string> {
  await client.settings.set({ maxBytesPerSecond: 20_000 })
  const { jobId } = await client.verify.start(everything(clusterId))
  for await (const { event } of await client.jobs.events({ id: jobId, after: 0 })) {
    if (event.type === 'phase' && event.name === 'Read objects') break
  }
  return jobId
}

async function nothingIsFound(): Promise<void> {
  const { hits, files } = await hitsBelow(scene.dir, scene.canaries, scene.given)
  expect(hits).toEqual([])
  expect(files.filter((file) => file.startsWith(scene.stateFolder)).length).toBeGreaterThan(5)
  expect(hitsIn('what it said', heard.said, scene.canaries)).toEqual([])
  const answers = heard.answers.flatMap((answer) => hitsIn(answer.slice(0, 400), answer, scene.canaries))
  expect(answers).toEqual([])
}

test('No secret is in an answer, a file, a log, a journal, an argument or what a crash leaves behind', async () => {
  const first = await startProgram(scene.environment, heard)
  const { client } = first
  await client.vault.choose({ backend: 'sealedFile', passphrase: scene.secretOf('passphrase') })
  const keys = await addSecrets(client)
  const { good, states } = await useThem(client, keys)
  // In order: each verification, then the restore and its way back; what was refused has failed.
  const verified = ['done', 'done', 'done', 'done', 'failed', 'failed']
  expect(states).toEqual([...verified, ...(scene.bucket === null ? [] : ['done', 'failed']), 'done', 'done'])
  await connectThem(client, keys)
  await sendMisplaced(first)
  await client.vault.replace({ id: keys.token, secret: { kind: 'token', token: scene.secretOf('token') } })
  await client.vault.lock()
  await client.vault.unlock({ passphrase: scene.secretOf('passphrase') })

  const cancelled = await slowly(client, good)
  await client.jobs.cancel({ id: cancelled })
  expect(await ended(cancelled, client)).toBe('cancelled')

  const killed = await slowly(client, good)
  expect(await hitsInProcesses(first.pid, scene.canaries)).toEqual([])
  expect(await first.end('SIGKILL')).toBeNull()
  await nothingIsFound()

  // It has to know the secrets again to keep them out of what it writes of the error.
  const second = await startProgram(scene.environment, heard)
  await second.client.vault.unlock({ passphrase: scene.secretOf('passphrase') })
  await second.client.settings.set({ maxBytesPerSecond: null })
  await second.client.jobs.resume({ id: killed })
  expect(await ended(killed, second.client)).toBe('done')
  for (const [label, name] of Object.entries(scene.canaries)) {
    await second.client.vault.add({ label, secret: { kind: 'token', token: name } })
  }
  await slowly(second.client, good)
  expect(await second.end('SIGUSR2')).toBe(4)
  expect(heard.said).toMatch(/This should not have happened\. Incident [a-z0-9]{8} is in the log\./)
  await nothingIsFound()
  const log = await readFile(join(scene.stateFolder, 'log', 'holdfast.log'), 'utf8')
  expect(log).toContain('process.uncaught')

  const third = await startProgram(scene.environment, heard)
  await third.client.vault.unlock({ passphrase: scene.secretOf('passphrase') })
  let exported = ''
  for await (const { text } of await third.client.audit.export()) exported += text
  expect(exported).toContain('secret.used')
  expect(hitsIn('the export', exported, scene.canaries)).toEqual([])
  expect((await third.client.audit.verify()).broken).toBeNull()
  expect(await third.end('SIGINT')).toBe(0)
  await nothingIsFound()
  // The search itself finds what is there.
  for (const name of ['passphrase', 'secretAccessKey', 'sessionToken', 'typedMasterKey', 'token']) {
    expect(hitsIn('requests', heard.requests.join('\n'), { name: scene.secretOf(name) })).not.toEqual([])
  }
  expect((await hitsBelow(scene.dir, scene.canaries)).hits.length).toBeGreaterThan(0)
  const echoed = scene.echo.requests
    .map(({ headers, body }) => `${JSON.stringify(headers)} ${body.toString()}`)
    .join('\n')
  for (const name of ['sessionToken', 'loginPassword', 'token']) {
    expect(hitsIn('what the server saw', echoed, { [name]: scene.secretOf(name) })).not.toEqual([])
  }
})
