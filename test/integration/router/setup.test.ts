import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setupDocument, type SetupDocument } from '../../../src/shared/contract/setup.ts'
import { importSetup } from '../../../src/main/desk/setup/import-setup.ts'
import { traces } from '../../support/canary.ts'
import { clusterInput, openEmptyDesk, openRouterLab, passphrase } from './router-lab.ts'
import type { Client, RouterLab } from './router-lab.ts'
import { noAccess } from '../../../src/shared/contract/repositories.ts'

const canaries = {
  s3: 'canary+of/the "pair"',
  session: 'canary of the session',
  login: 'canary ü of the login',
  password: 'canary & of sudo',
  proxy: 'canary-of-the-proxy',
}
const key = (letter: string): string => `SHA256:${letter.repeat(43)}`

let lab: RouterLab
/** What the lab has, as it was taken along. */
let text: string
let leftOut: readonly string[]
let pinned: string

beforeAll(async () => {
  lab = await openRouterLab()
  const { client } = lab
  const ids = await giveCredentials(client)
  const cluster = await client.clusters.add({
    ...clusterInput({ name: 'full', folder: lab.kiok, mode: 'protected', masterKeys: [lab.masterKeyId] }),
    rtoMs: 7_200_000,
  })
  const reason = 'The lab.'
  await client.masters.save({
    id: cluster.id,
    reason,
    values: {
      ...lab.connection,
      login: ids.login,
      proxy: `http://operator:${canaries.proxy}@proxy:3128`,
      hosts: ['operator@m1'],
      tls: { caFile: '/etc/ssl/own.pem', clientKeyCredential: ids.password },
      ssh: { sudoCredential: ids.password, hostKeys: [{ host: 'operator@m1', fingerprint: key('A') }] },
    },
  })
  const schedule = { cron: '0 3 * * *', zone: 'Europe/Berlin', way: 'asked' }
  await client.masters.setOwnSchedule({ id: cluster.id, schedule, reason })
  await client.drills.setSchedule({
    clusterId: cluster.id,
    schedule: { everyDays: 30, at: '03:00', zone: 'Europe/Berlin', folder: null, host: null },
    reason,
  })
  const rules = { keepLast: 7, keepDays: 30, atMost: null }
  await client.retention.setRules({ clusterId: cluster.id, rules, sweepsOrphans: true, reason })
  pinned = await lab.newestBackup(cluster.id)
  await client.retention.pin({ clusterId: cluster.id, backupId: pinned, reason: 'the audit' })
  await client.repositories.add({
    name: 'bucket',
    system: 'chango',
    address: 's3://backups/chango/?endpoint=https://s3.example',
    access: { ...noAccess, credential: { source: 'vault', id: ids.s3 }, caFile: '/etc/ssl/own.pem' },
  })
  await client.settings.set({ theme: 'dark', lookEveryMinutes: 7, workers: 3 })
  ;({ text, leftOut } = await client.setup.export())
})
afterAll(async () => lab.close())

async function giveCredentials(client: Client) {
  const add = async (label: string, secret: Parameters<Client['vault']['add']>[0]['secret']) =>
    (await client.vault.add({ label, secret })).id
  const pair = { secretAccessKey: canaries.s3, sessionToken: canaries.session }
  return {
    s3: await add('pair', { kind: 's3', accessKeyId: 'AKIACANARY', ...pair }),
    login: await add('login of the masters', { kind: 'login', user: 'operator', password: canaries.login }),
    password: await add('sudo', { kind: 'password', password: canaries.password }),
  }
}

async function onEmptyDesk(
  work: (client: Client) => Promise<void>,
  { withCredentials = true } = {},
): Promise<void> {
  const empty = await openEmptyDesk()
  try {
    await empty.client.vault.choose({ backend: 'sealedFile', passphrase })
    if (withCredentials) {
      // Another one first: ids are others than where it comes from.
      await empty.client.vault.add({ label: 'first', secret: { kind: 'masterKey', key: 'another' } })
      await giveCredentials(empty.client)
      const secret = { kind: 'masterKey', key: 'made up' } as const
      await empty.client.vault.add({ label: 'key of the lab', secret })
    }
    await work(empty.client)
    expect(empty.watched.faults).toEqual([])
  } finally {
    await empty.close()
  }
}

const edited = (edit: (document: SetupDocument) => void): string => {
  const document = setupDocument.parse(JSON.parse(text))
  edit(document)
  return JSON.stringify(document)
}
const fullOf = (document: SetupDocument) => {
  const cluster = document.clusters.find(({ name }) => name === 'full')
  if (cluster === undefined) throw new Error('The setup has no cluster.')
  return cluster
}
const importAll = async (client: Client, given: string, reason = 'A move.') => {
  const { hash } = await client.setup.importPlan({ text: given })
  return client.setup.importApply({ text: given, hash, reason })
}

test('A setup holds no secret, no hint of one, and no login that stands in a field', async () => {
  for (const secret of [...Object.values(canaries), passphrase]) expect(traces(secret, text)).toEqual([])
  const credentials = await lab.client.vault.credentials()
  expect(credentials.length).toBeGreaterThan(3)
  for (const { hint } of credentials) expect(text).not.toContain(`"${hint}"`)
  expect(leftOut).toEqual(['The field proxy of the connection of full: it has a login in it.'])
  expect((await lab.client.setup.export()).text).toBe(text)
})

test('It comes back in an empty installation as it was, bound to the credentials of the same names', async () => {
  await onEmptyDesk(async (client) => {
    const plan = await client.setup.importPlan({ text })
    expect(plan).toMatchObject({ refuses: 0, missing: [], needsReason: true })
    // A login that is here goes to a place that the file names.
    expect(plan.weakenings).toBeGreaterThan(0)
    const without = client.setup.importApply({ text, hash: plan.hash })
    await expect(without).rejects.toMatchObject({
      data: { code: 'usage', what: expect.stringContaining('reason') },
    })
    expect(await client.clusters.list()).toEqual([])
    await importAll(client, text)
    expect(JSON.parse((await client.setup.export()).text)).toEqual(JSON.parse(text))
    const again = await client.setup.importPlan({ text })
    expect(again).toMatchObject({ adds: 0, changes: 0, weakenings: 0, needsReason: false })
    const { entries } = await client.audit.list({ limit: 100 })
    const [entry, ...others] = entries.filter(({ action }) => action === 'setup.imported')
    expect(others).toEqual([])
    expect(entry).toMatchObject({ reason: 'A move.' })
    expect(entry?.facts).toContainEqual({ name: 'plan', value: plan.hash })
    expect(entry?.facts).toContainEqual({ name: 'added', value: String(plan.adds) })
    expect(entry?.facts.filter(({ name }) => name.startsWith('weaker: '))).toHaveLength(plan.weakenings)
  })
})

test('Without its credentials it is imported without them, and they are told', async () => {
  await onEmptyDesk(
    async (client) => {
      const { missing } = await importAll(client, text)
      expect(missing).toContainEqual({ label: 'pair', kind: 's3', wantedBy: 'bucket', there: 0 })
      expect(missing).toContainEqual({
        label: 'login of the masters',
        kind: 'login',
        wantedBy: 'full',
        there: 0,
      })
      expect(missing.filter(({ wantedBy }) => wantedBy === 'full')).toHaveLength(4)
      const bucket = (await client.repositories.list()).find(({ name }) => name === 'bucket')
      expect(bucket?.access.credential).toEqual({ source: 'none' })
    },
    { withCredentials: false },
  )
})

test('Of two credentials of one name none is guessed', async () => {
  await onEmptyDesk(async (client) => {
    await giveCredentials(client)
    const { missing } = await client.setup.importPlan({ text })
    expect(missing).toContainEqual({ label: 'pair', kind: 's3', wantedBy: 'bucket', there: 2 })
  })
})

test('What is saved here and not in the file stays, and so do pins, keys, rules, schedules and connections', async () => {
  const before = await lab.client.setup.export()
  const given = edited((document) => {
    document.repositories = document.repositories.filter(({ id }) => id === fullOf(document).repository)
    document.targets = []
    const cluster = fullOf(document)
    document.clusters = [cluster]
    Object.assign(cluster, { masterKeys: [], connection: null, ownSchedule: null, drillSchedule: null })
    cluster.retention = { rules: null, sweepsOrphans: true, pins: [] }
  })
  const plan = await lab.client.setup.importPlan({ text: given })
  expect(plan).toMatchObject({ adds: 0, changes: 0, weakenings: 0 })
  await importAll(lab.client, given)
  expect(await lab.client.setup.export()).toEqual(before)
})

describe('A change of what is here', () => {
  const weaker: readonly (readonly [string, string, (document: SetupDocument) => void])[] = [
    ['protected to normal', 'mode', (document) => void (fullOf(document).mode = 'normal')],
    ['a longer RPO', 'rpoMs', (document) => void (fullOf(document).rpoMs *= 2)],
    ['no RTO', 'rtoMs', (document) => void (fullOf(document).rtoMs = null)],
    [
      'plain HTTP',
      'access.allowHttp',
      (document) => {
        for (const { name, access } of document.repositories) if (name === 'bucket') access.allowHttp = true
      },
    ],
    [
      'no authority',
      'access.caFile',
      (document) => {
        for (const { name, access } of document.repositories) if (name === 'bucket') access.caFile = null
      },
    ],
    [
      'a dropped host key',
      'hostKeys[operator@m1]',
      (document) => void Object.assign(fullOf(document).connection?.['ssh'] ?? {}, { hostKeys: [] }),
    ],
    [
      'no verification',
      'connection.tls.unverifiedBecause',
      (document) =>
        void Object.assign(fullOf(document).connection?.['tls'] ?? {}, { unverifiedBecause: 'a lab' }),
    ],
    [
      'fewer backups',
      'retention.rules.keepLast',
      (document) => void (fullOf(document).retention.rules = { keepLast: 1, keepDays: 30, atMost: null }),
    ],
    [
      'another place of the same name',
      'repository',
      (document) => {
        const address = pathToFileURL(lab.chango).href
        const [first] = document.repositories
        if (first === undefined) throw new Error('The setup has no repository.')
        document.repositories.push({ ...first, id: 'elsewhere', name: 'elsewhere', system: 'kiok', address })
        fullOf(document).repository = 'elsewhere'
      },
    ],
    [
      'another system of the same name',
      'system',
      (document) => {
        const cluster = fullOf(document)
        const chango = document.repositories.find(({ system }) => system === 'chango')
        if (chango === undefined) throw new Error('The setup has no chango repository.')
        Object.assign(cluster, { system: 'chango', connection: null, ownSchedule: null })
        cluster.repository = chango.id
      },
    ],
  ]
  test.each(weaker)('%s is shown as weaker, and is not done without a reason', async (_what, field, edit) => {
    const before = await lab.client.setup.export()
    const given = edited(edit)
    const plan = await lab.client.setup.importPlan({ text: given })
    expect(plan).toMatchObject({ needsReason: true, refuses: 0 })
    const found = plan.rows.flatMap(({ fields }) => fields).find((each) => each.field === field)
    expect(found?.weakens).toEqual(expect.any(String))
    for (const reason of [undefined, ' ']) {
      const asked = lab.client.setup.importApply({ text: given, hash: plan.hash, ...(reason && { reason }) })
      await expect(asked).rejects.toMatchObject({ data: { code: 'usage' } })
    }
    expect(await lab.client.setup.export()).toEqual(before)
  })

  test('that only makes something stricter needs a reason for a protected cluster alone', async () => {
    const stricter = edited((document) => {
      document.settings.reverifyAfterDays = 3
    })
    const plan = await lab.client.setup.importPlan({ text: stricter })
    expect(plan).toMatchObject({ changes: 1, weakenings: 0, needsReason: false })
    const ofProtected = edited((document) => void (fullOf(document).rpoMs = 60_000))
    expect(await lab.client.setup.importPlan({ text: ofProtected })).toMatchObject({
      changes: 1,
      weakenings: 0,
      needsReason: true,
    })
  })

  test('leaves what no setup holds as it is', async () => {
    await importAll(
      lab.client,
      edited((document) => void (fullOf(document).rpoMs = 43_200_000)),
    )
    const full = (await lab.client.clusters.list()).find(({ name }) => name === 'full')
    expect(full?.rpoMs).toBe(43_200_000)
    const { values } = await lab.client.masters.connection({ id: full?.id ?? '' })
    expect(values).toContainEqual({ name: 'proxy', value: `http://operator:${canaries.proxy}@proxy:3128` })
    await importAll(lab.client, text)
  })

  test('changes no cluster where one was changed meanwhile, which is as that left it', async () => {
    const given = edited((document) => void (fullOf(document).rpoMs = 7 * 3_600_000))
    const { client, desk } = lab
    const { hash } = await client.setup.importPlan({ text: given })
    const [full] = (await client.clusters.list()).filter(({ name }) => name === 'full')
    const { id } = full ?? expect.fail('the lab has no such cluster')
    const before = desk.state.clusters.get(id)
    // Its entry is written when the plan has been held against what is saved, and before anything is.
    const append = async (event: Parameters<typeof desk.audit.append>[0]) => {
      await client.masters.setOwnSchedule({ id, schedule: null, reason: 'Meanwhile.' })
      return desk.audit.append(event)
    }
    const meanwhile = { ...desk, audit: { ...desk.audit, append } }
    const asked = importSetup({ text: given, hash, reason: 'A move.' }, meanwhile)
    await expect(asked).rejects.toMatchObject({
      code: 'plan.changed',
      text: { what: 'full was changed while this was imported.' },
    })
    expect(desk.state.clusters.get(id)).toEqual({ ...before, ownSchedule: null })
    await importAll(client, text)
    expect(desk.state.clusters.get(id)).toEqual(before)
  })

  test('is done as it was shown, or not at all', async () => {
    const given = edited((document) => {
      document.settings.drillAfterDays = 11
    })
    const { hash } = await lab.client.setup.importPlan({ text: given })
    await lab.client.settings.set({ drillAfterDays: 12 })
    const asked = lab.client.setup.importApply({ text: given, hash })
    await expect(asked).rejects.toMatchObject({ data: { code: 'plan.changed' } })
    expect((await lab.client.settings.get()).drillAfterDays).toBe(12)
    await importAll(lab.client, given)
    expect((await lab.client.settings.get()).drillAfterDays).toBe(11)
  })
})

describe('A hostile file is refused whole', () => {
  const withText = (from: string | RegExp, to: string): string => {
    const changed = text.replace(from, to)
    if (changed === text) throw new Error('Nothing was changed in it.')
    return changed
  }
  const hostile: readonly (readonly [string, () => string, RegExp])[] = [
    ['no JSON', () => 'no setup', /not JSON/],
    ['a list', () => '[]', /not a JSON object/],
    ['an unknown field', () => withText('{', '{"more": 1,'), /more/],
    ['an unknown field deep inside', () => withText('"ssh": {', '"ssh": {"unknown": 1,'), /unknown/i],
    ['a newer version', () => withText('holdfast-setup/1', 'holdfast-setup/2'), /newer version/],
    ['another format', () => withText('holdfast-setup/1', 'other/1'), /format/],
    ['__proto__', () => withText('{', '{"__proto__": {"mode": "normal"},'), /__proto__/],
    ['__proto__ in a connection', () => withText('"tls": {', '"__proto__": {}, "tls": {'), /__proto__/],
    ['a name twice', () => withText('"format"', '"format": "x", "format"'), /twice/],
    ['10 MiB', () => `${text}${' '.repeat(10 * 1024 * 1024)}`, /longer/],
    ['a deep one', () => `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`, /nested deeper/],
    ['a ProxyCommand', () => withText('"ssh": {', '"ssh": {"ProxyCommand": "nc evil 22",'), /program run/],
    ['an option as a host', () => withText('"operator@m1"', '"-oProxyCommand=id"'), /program run/],
    ['a login in a field', () => withText('"tls": {', '"proxy": "http://a:b@c:1", "tls": {'), /login in it/],
    ['a cluster twice', () => edited(({ clusters }) => void clusters.push(...clusters)), /twice/],
    ['no repository', () => edited((document) => void (document.repositories = [])), /not in it/],
  ]
  test.each(hostile)('%s', async (_what, make, why) => {
    const before = await lab.client.setup.export()
    const given = make()
    const refusal = async (asked: Promise<unknown>): Promise<string> =>
      asked.then(
        (plan) => JSON.stringify(plan),
        (error: { readonly data?: { readonly code: string } }) => {
          expect(error.data?.code).toBe('usage')
          return JSON.stringify(error.data)
        },
      )
    expect(await refusal(lab.client.setup.importPlan({ text: given }))).toMatch(why)
    const hash = '0'.repeat(64)
    expect(await refusal(lab.client.setup.importApply({ text: given, hash, reason: 'x' }))).toMatch(why)
    expect(await lab.client.setup.export()).toEqual(before)
  })

  test.each<[string, (document: SetupDocument) => void, RegExp]>([
    [
      'a field that the connection has not',
      (document) => void (fullOf(document).connection = { masters: ['http://m:1'], more: 'x' }),
      /more/,
    ],
    [
      'an address that is none',
      (document) => {
        for (const each of document.repositories) each.address = 'ftp://x/'
      },
      /address/i,
    ],
    [
      'a schedule that is none',
      (document) => void (fullOf(document).ownSchedule = { cron: 'soon', zone: 'UTC', way: 'asked' }),
      /schedule/,
    ],
    [
      'a credential of another kind',
      (document) =>
        void Object.assign(fullOf(document).connection ?? {}, { login: { label: 'pair', kind: 's3' } }),
      /kind login/,
    ],
  ])('%s is a row that is refused, and then nothing is imported', async (_what, edit, why) => {
    const given = edited(edit)
    const before = await lab.client.setup.export()
    const plan = await lab.client.setup.importPlan({ text: given })
    expect(plan.rows.filter(({ fate }) => fate === 'refuse')[0]?.because).toMatch(why)
    await expect(importAll(lab.client, given)).rejects.toMatchObject({ data: { code: 'usage' } })
    expect(await lab.client.setup.export()).toEqual(before)
  })
})
