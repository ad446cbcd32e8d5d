/** Good and wrong inputs that several cases share. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setupDocument } from '../../../src/shared/contract/setup.ts'
import { clusterInput, type RouterLab } from './router-lab.ts'
import { noAccess } from '../../../src/shared/contract/repositories.ts'

export const takesNothing = { good: () => undefined, bad: 'It takes no input.' } as const
export const nobody = 'no-such-thing'
export const noBackup = 'no-such-backup'

export const clusterId = async (lab: RouterLab): Promise<string> => (await lab.addCluster()).id
export const backupOf = async (lab: RouterLab) => {
  const id = await clusterId(lab)
  return { clusterId: id, backupId: await lab.newestBackup(id) }
}
export const verifyRequest = (id: string) => ({
  clusterId: id,
  selection: { kind: 'all' as const },
  level: null,
  recheck: false,
})
export const credentialId = async (lab: RouterLab): Promise<string> =>
  (await lab.client.vault.add({ label: 'another', secret: { kind: 'masterKey', key: 'another key' } })).id
export const s3Keys = {
  kind: 's3',
  accessKeyId: 'AKIAEXAMPLE',
  secretAccessKey: 'a secret of the test',
  sessionToken: 'a token of the test',
} as const
export const fields = { mode: 'normal', masterKeys: [], rpoMs: 86_400_000, rtoMs: 60_000 } as const
export const editable = (id: string, name: string) => ({ id, name, ...fields, masterKeys: [] })

export const anchors = (address: string, id: string | null = null) => ({
  address,
  access: { ...noAccess, ...(id !== null && { credential: { source: 'vault' as const, id } }) },
  everyEntries: 50,
  everyMinutes: 10,
  keepDays: 365,
})

/** A repository that a cluster has left behind. */
export async function unusedRepository(lab: RouterLab): Promise<string> {
  const name = lab.fresh('unused')
  const cluster = await lab.client.clusters.add({
    ...clusterInput({ name, folder: lab.kiok }),
    repository: {
      kind: 'new',
      address: pathToFileURL(lab.kiok).href,
      access: { ...noAccess, maxBytesPerSecond: 1_000_000_000 + Number(name.replace(/\D/g, '')) },
    },
  })
  await lab.client.clusters.remove({ id: cluster.id, confirm: name })
  return cluster.repositoryId
}

export async function destination(lab: RouterLab): Promise<string> {
  const folder = join(lab.dir, lab.fresh('copy'))
  await mkdir(folder)
  return (await lab.addCluster({ folder })).repositoryId
}

export async function restored(lab: RouterLab) {
  const id = await clusterId(lab)
  const { plan, targetDir } = await lab.planned(id)
  const { jobId } = await lab.client.restore.start({
    clusterId: id,
    backupId: plan.backupId,
    targetDir,
    planHash: plan.hash,
    confirm: plan.confirm,
  })
  await lab.ended(jobId)
  return { targetDir, confirm: targetDir.split('/').at(-1) ?? '' }
}

/** What is saved in the lab, and one repository that is not. */
export async function setupText(lab: RouterLab, name: string): Promise<string> {
  const document = setupDocument.parse(JSON.parse((await lab.client.setup.export()).text))
  const address = pathToFileURL(join(lab.dir, name)).href
  document.repositories.push({ id: name, name, system: 'kiok', address, access: noAccess })
  return JSON.stringify(document)
}

export async function endedJob(lab: RouterLab): Promise<string> {
  const { jobId } = await lab.client.verify.start(verifyRequest(await clusterId(lab)))
  await lab.ended(jobId)
  return jobId
}

export const ofNoCluster = { input: () => ({ clusterId: nobody }), code: 'cluster.notFound' } as const
export const ofNoMaster = { input: () => ({ id: nobody }), code: 'cluster.notFound' } as const
export const connectedId = async (lab: RouterLab): Promise<string> => (await lab.addConnected()).id
export const ofNoJob = { input: () => ({ id: nobody }), code: 'job.notFound' } as const
