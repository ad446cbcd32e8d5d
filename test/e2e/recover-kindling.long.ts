import { rm } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { kindlingSecrets } from '../lab/masters/kindling.ts'
import { standbyOf } from '../lab/postgres.ts'
import { allNotes, startKindlingSite, type KindlingSite } from '../lab/runbooks/kindling.ts'
import { addCluster, atDesk, chooseVault } from './desk.ts'
import { expect, test, type Holdfast } from './holdfast.ts'
import type { StepAnswer } from './operator/errand.ts'
import { operatorAt } from './operator/operator.ts'

// The hosts of this lab have the folder of this machine for their locks.
const cluster = `kindling-${process.pid}`
const throwaway = { user: 'admin@kindling.example', password: 'a-throwaway-that-is-shown-nowhere' }
/** Of the project whose volume is detached. */
const project = '00000000-0000-4000-8000-000000000020'

async function siteOf(holdfast: Holdfast): Promise<KindlingSite> {
  const site = await startKindlingSite()
  test.skip('skip' in site, 'skip' in site ? site.skip : '')
  if ('skip' in site) throw new Error(site.skip)
  await atDesk(holdfast, async (client) => {
    await chooseVault(client)
    const address = pathToFileURL(site.postgres.repository).href
    const { id } = await addCluster(client, { name: cluster, system: 'kindling', address })
    const { token, sudo } = kindlingSecrets
    const keys = {
      token: (await client.vault.add({ label: 'API', secret: { kind: 'token', token } })).id,
      sudo: (await client.vault.add({ label: 'sudo', secret: { kind: 'password', password: sudo } })).id,
    }
    await client.vault.add({ label: 'throwaway', secret: { kind: 'login', ...throwaway } })
    await client.masters.save({ id, values: site.connection(keys) })
  })
  return site
}

/** As the platform itself takes one. */
async function backUpVolume({ api }: KindlingSite): Promise<void> {
  const ask = async (path: string, method = 'GET'): Promise<unknown> => {
    const headers = { authorization: `Bearer ${kindlingSecrets.token}` }
    return (await fetch(`${api}/api/projects/${project}/${path}`, { method, headers })).json()
  }
  await ask('volume/backups', 'POST')
  await expect.poll(async () => ask('volume')).toMatchObject({ current_operation: null })
}

const restoring: Readonly<Record<string, StepAnswer>> = {
  'Decide about the heartbeats': { choose: 'Give the servers' },
}

test('The database of a kindling is restored, to its end and to a moment, and put back, and its platform let in again, by keyboard alone', async ({
  page,
  holdfast,
}) => {
  const site = await siteOf(holdfast)
  const stops = async (host: number): Promise<readonly string[]> =>
    (await site.unitLog(host)).filter((line) => line.startsWith('stop kindling@'))
  try {
    const operator = operatorAt(page, holdfast)
    await operator.sitDown()
    const held = [site.holdUnits(0), site.holdUnits(1)]
    await operator.recover({
      cluster,
      runbook: 'KD-1',
      questions: {
        'What is it about?': 'Something is wrong',
        'Does this computer reach anything else?': 'Yes',
        'Is the platform’s master key at hand?': 'Yes, but nothing proves that it fits',
        'What has become of the database?': 'It is lost, with every standby here',
        'Is the whole site gone?': 'No: its hosts can be logged in to, or will be',
        'Can the backups be reached?': 'Yes',
        'Is the newest backup good?': 'It is not proved yet',
      },
      steps: restoring,
      death: {
        during: 'Stop every unit',
        underWay: async () => Promise.all(held.map(async (each) => each.reached())),
        meanwhile: async () => Promise.resolve(held.forEach((each) => each.release())),
      },
    })
    expect(await site.notes()).toEqual(allNotes)
    for (const host of [0, 1])
      expect(await stops(host), 'asked for once, though the console died').toEqual([
        'stop kindling@api.service',
        'stop kindling@worker.service',
      ])

    // The full backup at the end of a restore has taken the place of the one before.
    const target = await site.writeAround()
    const since = allNotes.slice(1)
    await operator.recover({
      cluster,
      runbook: 'KD-2',
      form: { 'Restore to this moment': target },
      steps: restoring,
    })
    expect(await site.notes()).toEqual([...allNotes, ...since.slice(0, 1)])
    const waiting = "SELECT count(*) FROM project_volume_operations WHERE status IN ('pending','running')"
    expect(await site.postgres.sql(waiting)).toBe('0')

    const run = /run-[^/?#]+/.exec(page.url())?.[0] ?? ''
    await operator.recover({
      cluster,
      runbook: 'KD-5',
      form: { 'The run that restored': run },
      steps: restoring,
    })
    expect(await site.notes()).toEqual([...allNotes, ...since])

    await backUpVolume(site)
    await operator.recover({ cluster, runbook: 'KD-6', form: { Project: project } })
    await operator.recover({
      cluster,
      runbook: 'KD-4',
      form: { 'Throwaway login': 'throwaway' },
      steps: {
        'Log in, and change': { first: async () => site.accounts.changePassword(throwaway.user, 'lasting') },
      },
    })
    await site.logs(0, 'WAL listener failed: no slot')
    await operator.recover({ cluster, runbook: 'KD-8', form: { 'Host of the unit': site.hosts[0] ?? '' } })

    await site.postgres.sql('DELETE FROM project_volume_operations')
    const standby = await standbyOf(site.postgres)
    try {
      await site.postgres.end()
      await operator.recover({
        cluster,
        runbook: 'KD-3',
        form: { 'Host of the standby': site.hosts[1] ?? '', PostgreSQL: standby.connection },
        steps: {
          // The stanza of this lab is of the primary's folder alone.
          'Take a full backup': { except: 'The stanza is of the old host.' },
        },
      })
      expect(await standby.sql('SELECT pg_is_in_recovery()')).toBe('f')
      // Last: it leaves a worker that is drained.
      await operator.recover({
        cluster,
        runbook: 'KD-7',
        form: { 'Worker to move the volumes to': 'id-of-kindling-2', Worker: 'id-of-kindling-1' },
        steps: {
          'Detach the volumes': { first: async () => backUpVolume(site) },
          'No volume is left': { except: 'Their administrators know.' },
        },
      })
    } finally {
      await standby.stop()
    }
    for (const secret of [kindlingSecrets.sudo, throwaway.password])
      expect(holdfast.said()).not.toContain(secret)
  } finally {
    await rm(`/var/tmp/holdfast-${cluster}.lock`, { recursive: true, force: true })
    await site.close()
  }
})
