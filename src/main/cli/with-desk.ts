import type { ContractRouterClient } from '@orpc/contract'
import type { Cluster } from '../../shared/contract/clusters.ts'
import type { Contract } from '../../shared/contract/contract.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import type { CommandContext } from './context.ts'

export type DeskClient = ContractRouterClient<Contract>

/** Runs `work` with the calls of this installation's desk, and closes it. */
export async function withDesk<T>(
  { ports }: CommandContext,
  work: (client: DeskClient) => Promise<T>,
): Promise<T> {
  const desk = await ports.openDesk(ports.stateFolder)
  try {
    return await work(desk.client)
  } finally {
    await desk.close()
  }
}

/** A saved cluster by its name, else by its id. Throws `cluster.notFound`. */
export async function clusterNamed(name: string, client: DeskClient): Promise<Cluster> {
  const clusters = await client.clusters.list()
  const found = clusters.find((each) => each.name === name) ?? clusters.find(({ id }) => id === name)
  if (found !== undefined) return found
  throw new HoldfastError('cluster.notFound', {
    what: `There is no saved cluster ${JSON.stringify(name)}.`,
    ...(clusters.length > 0 && { why: `Saved are: ${clusters.map((each) => each.name).join(', ')}.` }),
    unchanged: 'Nothing was done.',
    next: 'Name one of them as it is written there.',
  })
}
