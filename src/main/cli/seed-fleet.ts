import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '../../shared/contract/contract.ts'
import type { DemonstrationFleet, DemonstrationMasters } from './context.ts'
import { noAccess } from '../../shared/contract/repositories.ts'

type Client = ContractRouterClient<Contract>

/** A demonstration's passphrase: it protects a key that protects nothing. */
const passphrase = 'demonstration'

/**
 * Makes the demonstration's clusters known to a desk, by the very calls that a window makes: its key into a sealed file,
 * its clusters added, their backups proved and their repositories judged once. A desk that has clusters is left as it is.
 */
export async function seedFleet(
  { masterKeyFile, clusters }: DemonstrationFleet,
  client: Client,
  signal: AbortSignal,
): Promise<void> {
  if ((await client.clusters.list()).length > 0) {
    await client.vault.unlock({ passphrase })
    return
  }
  await client.vault.choose({ backend: 'sealedFile', passphrase })
  const key = await client.vault.add({
    label: 'Master key of the demonstration',
    secret: { kind: 'masterKeyFile', path: masterKeyFile },
  })
  for (const { name, system, mode, address, rpoMs, rtoMs, needsKey } of clusters) {
    const cluster = await client.clusters.add({
      name,
      system,
      mode,
      rpoMs,
      rtoMs,
      masterKeys: needsKey ? [key.id] : [],
      repository: {
        kind: 'new',
        address,
        access: noAccess,
      },
    })
    if (mode !== 'readOnly') await verifyAll(cluster.id, client, signal)
  }
  for (const { id } of await client.repositories.list()) await client.repositories.posture({ id }, { signal })
}

async function verifyAll(clusterId: string, client: Client, signal: AbortSignal): Promise<void> {
  const request = { clusterId, selection: { kind: 'all' as const }, level: null, recheck: false }
  const { jobId } = await client.verify.start(request)
  for await (const _event of await client.jobs.events({ id: jobId, after: 0 }, { signal }));
}

/** Tells the desk how the demonstration's masters are reached: they listen somewhere else at each start. */
export async function connectFleet({ connections }: DemonstrationMasters, client: Client): Promise<void> {
  const clusters = await client.clusters.list()
  const kept = new Map((await client.vault.credentials()).map(({ label, id }) => [label, id]))
  for (const { cluster: name, values, credentials } of connections) {
    const cluster = clusters.find((each) => each.name === name)
    if (cluster === undefined) continue
    const ids: Record<string, string> = {}
    for (const [field, credential] of Object.entries(credentials)) {
      const id = kept.get(credential.label) ?? (await client.vault.add(credential)).id
      kept.set(credential.label, id)
      ids[field] = id
    }
    await client.masters.save({
      id: cluster.id,
      values: { ...values, ...ids },
      reason: 'The masters of the demonstration were started.',
    })
  }
}
