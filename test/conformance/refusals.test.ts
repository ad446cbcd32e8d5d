import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClusterDriver, Session } from '../../src/main/ports/cluster-driver.ts'
import { changoDriver } from '../../src/main/systems/chango/live/driver.ts'
import { kisekiDriver } from '../../src/main/systems/kiseki/live/driver.ts'
import type { ConnectionValues } from '../../src/shared/contract/connection-fields.ts'
import type { Probe } from '../../src/shared/contract/masters.ts'
import { makeAuthority, type Authority } from '../lab/certificates.ts'
import { startKisekiNodes, type KisekiNodesOptions } from '../lab/masters/kiseki.ts'
import { labSessions } from '../lab/masters/lab-session.ts'
import { startChangoLab, type ChangoLab } from './labs/chango.ts'

const silent = { progress: () => undefined, log: () => undefined }

async function probesOf(
  driver: ClusterDriver,
  values: ConnectionValues,
  session: Session,
): Promise<readonly Probe[]> {
  const probes: Probe[] = []
  for await (const probe of driver.connect(values).probe(session)) probes.push(probe)
  return probes
}

describe('What chango refuses', () => {
  let lab: ChangoLab
  async function using<T>(
    how: Parameters<ChangoLab['masters']['refuse']>[0],
    work: (live: ReturnType<ClusterDriver['connect']>, session: Session) => Promise<T>,
    masters?: readonly string[],
  ): Promise<T> {
    lab = await startChangoLab('chango/2')
    lab.masters.refuse(how)
    const session = lab.session()
    try {
      const values = { ...lab.values, masters: [...(masters ?? lab.masters.origins)].toReversed() }
      return await work(changoDriver.connect(values), session)
    } finally {
      await session.close()
      await lab.close()
    }
  }
  const cron = { 'backup.cron': '0 4 * * *' }

  test('to a user without the role of an administrator is told with its own words, and changes nothing', async () => {
    await using('notAdmin', async (live, session) => {
      for (const asked of [live.snapshot(session, 'asked', silent), live.changeSettings?.(session, cron)]) {
        await expect(asked).rejects.toMatchObject({
          code: 'master.refusedLogin',
          text: {
            why: expect.stringMatching(/rights of this user are not enough.* admin role required/),
            next: expect.stringContaining('what its user may do'),
          },
        })
      }
      expect(lab.masters.changes()).toBe(0)
    })
  })

  test('as an old follower, with the leader’s address, is asked of that leader once, where it is saved', async () => {
    await using('oldFollower', async (live, session) => {
      expect(await live.snapshot(session, 'asked', silent)).toMatchObject({ kind: 'made' })
      await live.changeSettings?.(session, cron)
      expect(lab.masters.changes()).toBe(2)
      expect(lab.masters.setting('backup.cron')).toBe('0 4 * * *')
    })
  })

  test('as an old follower whose leader is not saved is told, and nothing is sent there', async () => {
    lab = await startChangoLab('chango/2')
    lab.masters.refuse('oldFollower')
    const session = lab.session()
    const [, follower = ''] = lab.masters.origins
    const live = changoDriver.connect({ ...lab.values, masters: [follower] })
    await expect(live.snapshot(session, 'asked', silent)).rejects.toMatchObject({
      code: 'master.notLeader',
      text: { next: expect.stringContaining('Add the address of every master') },
    })
    expect(lab.masters.changes()).toBe(0)
    await session.close()
    await lab.close()
  })

  test('as a follower that did not hear the end leaves the outcome open, and is not asked again', async () => {
    await using('forwardFails', async (live, session) => {
      expect(await live.snapshot(session, 'asked', silent)).toMatchObject({
        kind: 'unknown',
        sentence: expect.stringContaining('Whether a backup is made is not known'),
      })
      await expect(live.changeSettings?.(session, cron)).rejects.toMatchObject({
        code: 'master.outcomeUnknown',
        text: { unchanged: expect.stringContaining('asked once') },
      })
      const sent = lab.masters.requests.filter((each) => /^POST .*backup/.test(each))
      expect(sent).toHaveLength(2)
    })
  })
})

describe('What kiseki refuses, and what it leaves out', () => {
  let folder: string
  let authority: Authority
  let stranger: Authority
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hf-refusals-'))
    const made = [makeAuthority(), makeAuthority()]
    if (made[0] === undefined || made[0] === null || made[1] === undefined || made[1] === null)
      throw new Error('openssl is needed for these tests')
    ;[authority, stranger] = [made[0], made[1]]
  })
  afterAll(async () => {
    authority.remove()
    stranger.remove()
    await rm(folder, { recursive: true })
  })

  /** PEM files of a client’s certificate, as a connection names them. */
  async function clientOf(issuer: Authority, name: string) {
    const { key, cert } = issuer.issue('DNS:console', 2)
    await writeFile(join(folder, `${name}.pem`), cert)
    await writeFile(join(folder, `${name}.key`), key, { mode: 0o600 })
    return {
      clientCertFile: join(folder, `${name}.pem`),
      clientKeyFile: join(folder, `${name}.key`),
    }
  }

  async function using(
    options: Partial<KisekiNodesOptions>,
    work: (
      nodes: Awaited<ReturnType<typeof startKisekiNodes>>,
      ask: (values?: ConnectionValues) => Promise<readonly Probe[]>,
      session: Session,
    ) => Promise<void>,
  ): Promise<void> {
    const nodes = await startKisekiNodes({
      takeSnapshot: async () => Promise.reject(new Error('nobody asked for one')),
      ...options,
    })
    const session = labSessions(
      { name: 'kiseki', system: 'kiseki', address: pathToFileURL(folder).href },
      {},
    )()
    const values = { nodes: [...nodes.origins], dataPorts: [nodes.dataPort] }
    try {
      await work(nodes, async (more = {}) => probesOf(kisekiDriver, { ...values, ...more }, session), session)
    } finally {
      await session.close()
      await nodes.kill()
    }
  }
  const told = (probes: readonly Probe[], id: string) => probes.find((probe) => probe.id === id)

  test('without a client certificate of its authority, and with one of another, no snapshot is listed; with its own it is', async () => {
    const certificate = authority.issue('IP:127.0.0.1', 2)
    const tls = { ...certificate, clientAuthority: await readFile(authority.file, 'utf8') }
    await using({ tls }, async (nodes, ask) => {
      const caFile = authority.file
      expect(told(await ask({ tls: { caFile } }), 'snapshots')).toMatchObject({ state: 'bad' })
      const another = { caFile, ...(await clientOf(stranger, 'stranger')) }
      expect(told(await ask({ tls: another }), 'snapshots')).toMatchObject({ state: 'bad' })
      const own = { caFile, ...(await clientOf(authority, 'own')) }
      expect(told(await ask({ tls: own }), 'snapshots')).toMatchObject({ state: 'ok' })
      // The admin port has no TLS at all, whatever the data port has.
      expect(told(await ask({ tls: own }), 'answers')).toMatchObject({ state: 'ok' })
      // Its own certificate is not believed without the authority.
      expect(told(await ask({ tls: { ...own, caFile: stranger.file } }), 'snapshots')).toMatchObject({
        state: 'bad',
        code: 'master.tls',
      })
      expect(nodes.changes()).toBe(0)
    })
  })

  test('a node without a backend says which setting is missing, and takes no snapshot', async () => {
    await using({ isConfigured: false }, async (nodes, ask, session) => {
      expect(told(await ask(), 'snapshots')).toMatchObject({
        state: 'bad',
        answer: expect.stringContaining('KISEKI_BACKUP_BACKEND'),
      })
      const live = kisekiDriver.connect({ nodes: [...nodes.origins], dataPorts: [nodes.dataPort] })
      const end = await live.snapshot(session, 'created', silent).catch((error: unknown) => error)
      expect(JSON.stringify(end) + String(end)).toContain('KISEKI_BACKUP_BACKEND')
      expect(nodes.changes()).toBe(0)
    })
  })

  test('a list that has come to its end is told as one that leaves the newest out', async () => {
    await using({}, async (nodes, ask) => {
      nodes.holdSnapshots(499)
      expect(told(await ask(), 'snapshots')).toMatchObject({ state: 'ok' })
      nodes.holdSnapshots(700)
      expect(told(await ask(), 'snapshots')).toMatchObject({
        state: 'warning',
        answer: expect.stringMatching(
          /it lists 500\ssnapshots, where its list ends: it has the oldest alone/,
        ),
      })
    })
  })

  test('a node that is behind is told as one that catches up, or as one that does not, by two looks', async () => {
    await using({}, async (nodes, ask) => {
      expect(told(await ask(), 'catchUp')).toMatchObject({ state: 'ok' })
      nodes.catchUp()
      expect(told(await ask(), 'catchUp')).toMatchObject({
        state: 'ok',
        answer: 'Behind and catching up: node 3.',
      })
      nodes.holdBack()
      expect(told(await ask(), 'catchUp')).toMatchObject({
        state: 'warning',
        answer: 'Behind and not coming closer: node 3.',
      })
    })
  })
})
