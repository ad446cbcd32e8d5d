import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import {
  addCluster,
  addMasterKey,
  atDesk,
  chooseVault,
  makeRepository,
  masterKey,
  passphrase,
  spoil,
} from './desk.ts'
import { expect, test } from './holdfast.ts'
import { writeBackup } from './kiok-masters.ts'
import { operatorAt } from './operator/operator.ts'

const cluster = 'kiok-records'

test('A lost key is found, a backup rehearsed, a lost repository reached and a good backup found behind a damaged one, by keyboard alone', async ({
  page,
  holdfast,
}) => {
  const repository = await makeRepository(holdfast, cluster, { nights: 2 })
  const id = await atDesk(holdfast, async (client) => {
    await chooseVault(client)
    const masterKeys = [await addMasterKey(client, 'another key, which opens nothing here', 'Wrong key')]
    return (await addCluster(client, { name: cluster, address: repository.address, masterKeys })).id
  })
  const operator = operatorAt(page, holdfast)
  await operator.sitDown()

  const giveTheKey = async (): Promise<void> =>
    atDesk(holdfast, async (client) => {
      await client.vault.unlock({ passphrase })
      const masterKeys = [await addMasterKey(client)]
      const rules = { mode: 'normal', rpoMs: 24 * 3_600_000, rtoMs: null } as const
      await client.clusters.edit({ id, name: cluster, masterKeys, ...rules })
    })
  await operator.recover({
    cluster,
    runbook: 'X-3',
    steps: {
      'Look for a copy outside': { choose: 'It is found' },
      'Look for it on the hosts': { except: 'No host is left.' },
      'Put it into the vault': { first: async () => operator.whileAway(cluster, giveTheKey) },
    },
  })

  const folder = join(holdfast.dir, 'rehearsals')
  await mkdir(folder)
  const rehearsed = await operator.recover({
    cluster,
    runbook: 'X-6',
    questions: { 'What is it about?': 'A rehearsal: nothing is wrong' },
    form: { 'Folder for the rehearsal': folder },
  })
  expect(rehearsed).toContain('Remove what was unpacked')

  const away = `${repository.folder}-away`
  await rename(repository.folder, away)
  await operator.recover({
    cluster,
    runbook: 'X-1',
    steps: {
      'Give this console its access back': { first: async () => rename(away, repository.folder) },
      'Take a new backup': { first: async () => writeBackup(repository, cluster) },
    },
  })

  const newest = await writeBackup(repository, cluster)
  await spoil(repository, `${newest}/iam.enc`)
  const titles = await operator.recover({
    cluster,
    runbook: 'X-2',
    steps: { 'Take a new backup': { first: async () => writeBackup(repository, cluster) } },
  })
  expect(titles).toContain('Choose the backup to rely on')
  expect(holdfast.said()).not.toContain(masterKey)
})
