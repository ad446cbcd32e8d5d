import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { makeArmadaBackup } from '../lab/armada.ts'
import { makeAuthority } from '../lab/certificates.ts'
import { contentsOf, fingerprint } from '../lab/masters/armada-restore.ts'
import { armadaTokens } from '../lab/masters/armada-session.ts'
import { startArmadaServer, type ArmadaLabServer } from '../lab/masters/armada.ts'
import { addCluster, atDesk, chooseVault } from './desk.ts'
import { expect, test, type Holdfast } from './holdfast.ts'
import type { StepAnswer } from './operator/errand.ts'
import { operatorAt } from './operator/operator.ts'

const cluster = 'armada-edge'
/** Of the backup. */
const tables = { orders: 120, users: 90 }

interface Site {
  readonly leader: ArmadaLabServer
  readonly follower: ArmadaLabServer
  readonly backupId: string
  /** As the scheduled job takes one. */
  backUp(): Promise<string>
  close(): Promise<void>
}

/** A leader and a follower with other contents than the backup has, and the console that knows them. */
async function siteOf(holdfast: Holdfast): Promise<Site> {
  const authority = makeAuthority()
  test.skip(authority === null, 'openssl is needed')
  if (authority === null) throw new Error('no openssl')
  const folder = join(holdfast.dir, 'backups')
  await mkdir(folder)
  const backUp = async (agoMs = 0): Promise<string> => {
    const at = new Date(Date.now() - agoMs).toISOString()
    const backupId = at.replace(/[-:]|\.\d+/g, '')
    const store = await openFolderStore(folder)
    await makeArmadaBackup(backupId, at, { seed: 'saved', tables }, store)
    await store.close()
    return backupId
  }
  const usual = {
    version: 1,
    logBytes: 16 * 1024,
    tls: authority.issue('IP:127.0.0.1', 2),
    maintenanceToken: armadaTokens.maintenance,
    tablesToken: armadaTokens.tables,
  } as const
  const leader = await startArmadaServer({ ...usual, tables: { orders: 80, users: 70 } })
  const follower = await startArmadaServer({ ...usual, tables: {}, follows: leader })
  const backupId = await backUp(6 * 3_600_000)
  await atDesk(holdfast, async (client) => {
    await chooseVault(client)
    const token = async (label: 'maintenance' | 'tables'): Promise<string> =>
      (await client.vault.add({ label, secret: { kind: 'token', token: armadaTokens[label] } })).id
    const { id } = await addCluster(client, {
      name: cluster,
      system: 'armada',
      address: pathToFileURL(folder).href,
    })
    await client.masters.save({
      id,
      values: {
        servers: [leader.origin],
        followers: [follower.origin],
        maintenanceToken: await token('maintenance'),
        tablesToken: await token('tables'),
        tls: { caFile: authority.file },
      },
    })
  })
  return {
    leader,
    follower,
    backupId,
    backUp,
    async close() {
      await follower.stop()
      await leader.stop()
      authority.remove()
    },
  }
}

const contents = (server: ArmadaLabServer, table: string): string =>
  fingerprint(contentsOf(server).get(table))

test('Tables of an armada are restored, alone and all, taken back, brought to a follower and saved from it, by keyboard alone', async ({
  page,
  holdfast,
}) => {
  const site = await siteOf(holdfast)
  const { leader, follower, backupId } = site
  const choose: Readonly<Record<string, StepAnswer>> = { 'Choose the backup': { choose: backupId } }
  const newBackup: Readonly<Record<string, StepAnswer>> = {
    'A new backup is there': { first: async () => site.backUp() },
  }
  const followersLater: Readonly<Record<string, StepAnswer>> = {
    'The followers hold': { except: 'They take the tables next.' },
  }
  try {
    const operator = operatorAt(page, holdfast)
    await operator.sitDown()
    await operator.recover({ cluster, runbook: 'AR-1' })
    await operator.recover({ cluster, runbook: 'X-4' })

    const reached = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    leader.setFaults({
      async beforeSwap() {
        reached.resolve()
        await released.promise
      },
    })
    await operator.recover({
      cluster,
      runbook: 'AR-2',
      questions: {
        'What is it about?': 'Something is wrong',
        'Does this computer reach anything else?': 'Yes',
        'Was a wrong backup restored': 'No',
        'Does the maintenance token still work?': 'Yes',
        'Is what it serves right?': 'No: the tables are wrong',
      },
      steps: { ...choose, ...newBackup, ...followersLater },
      death: {
        during: 'Replace the tables',
        underWay: async () => reached.promise,
        async meanwhile() {
          released.resolve()
          await expect.poll(() => contentsOf(leader).get('orders')?.size).toBe(tables.orders)
        },
      },
    })
    expect(leader.restored, 'each table is sent once, though the console died').toEqual(['orders', 'users'])
    expect(contentsOf(leader).get('users')?.size).toBe(tables.users)

    await operator.recover({ cluster, runbook: 'AR-4', steps: choose })
    for (const table of Object.keys(tables)) expect(contents(follower, table)).toBe(contents(leader, table))

    const saved = contents(leader, 'users')
    for (const table of Object.keys(tables))
      leader.tables.put(table, Buffer.from('since'), Buffer.from('new'))
    const since = { orders: contents(leader, 'orders'), users: contents(leader, 'users') }
    await operator.recover({
      cluster,
      runbook: 'AR-3',
      form: { Tables: 'users' },
      steps: { ...choose, ...newBackup },
    })
    expect([contents(leader, 'users'), contents(leader, 'orders')]).toEqual([saved, since.orders])

    await operator.recover({
      cluster,
      runbook: 'AR-5',
      form: { Tables: 'users' },
      steps: { ...newBackup, ...followersLater },
    })
    expect(contents(leader, 'users')).toBe(since.users)

    await operator.recover({
      cluster,
      runbook: 'AR-6',
      steps: { 'Choose the follower': { choose: follower.origin } },
    })
    expect(holdfast.said()).not.toContain(armadaTokens.maintenance)
  } finally {
    await site.close()
  }
})
