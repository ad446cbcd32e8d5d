import type { Cluster } from '../../../shared/contract/clusters.ts'
import { modeWords } from '../../../shared/domain/cluster-mode.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { findCluster, withDesk, type Client } from '../with-desk.ts'
import { ageInWords, count, table } from '../words.ts'

export async function listClusters(context: CommandContext): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const clusters = inOrder(await client.clusters.list())
    show(clusters, context)
    if (clusters.length === 0)
      context.output.line('No cluster was added yet: see "holdfast clusters add --help".')
    return exitStatus.ok
  })
}

export async function removeCluster(
  nameOrId: string,
  { confirm, reason }: { readonly confirm: string; readonly reason?: string },
  context: CommandContext,
): Promise<ExitStatus> {
  const { output } = context
  return withDesk(context, async (client) => {
    const { id, name, address } = await findCluster(nameOrId, client)
    await client.clusters.remove({ id, confirm, ...(reason !== undefined && { reason }) })
    output.document({ removed: { id, name } })
    output.line(`Removed ${name}. Its backups in ${address} stay as they are.`)
    return exitStatus.ok
  })
}

/** Looks at the repositories now; the status says whether all of them could be looked at. */
export async function refreshClusters(nameOrId: string | null, context: CommandContext): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const wanted = nameOrId === null ? await client.clusters.list() : [await findCluster(nameOrId, client)]
    const clusters = inOrder(
      await lookedAt(
        wanted.map(({ id }) => id),
        client,
        context,
      ),
    )
    show(clusters, context)
    const failed = clusters.filter(({ look }) => look === null || look.failure !== null)
    for (const { name, look } of failed) {
      const { what = 'It was not looked at.', why, next } = look?.failure ?? {}
      context.output.note([`${name}: ${what}`, why, next].filter((part) => part !== undefined).join(' '))
    }
    return failed.length === 0 ? exitStatus.ok : exitStatus.unreachable
  })
}

function show(clusters: readonly Cluster[], context: CommandContext): void {
  const { output } = context
  output.document({ clusters })
  for (const line of table(clusters.map((cluster) => cells(cluster, context)))) output.line(line.trimEnd())
}

export function clusterLine(cluster: Cluster, context: CommandContext): string {
  return cells(cluster, context).join('  ')
}

function cells(cluster: Cluster, { ports }: CommandContext): readonly string[] {
  const { name, system, mode, look, address } = cluster
  return [name, system, modeWords[mode], newestWords(look, ports.clock.now()), stateWords(look), address]
}

function newestWords(look: Cluster['look'], nowMs: number): string {
  if (look === null) return 'not looked at yet'
  if (look.newest === null) return look.failure === null ? 'no backup' : 'backups not known'
  return `newest ${ageInWords(look.newest.createdAt, nowMs)}`
}

function stateWords(look: Cluster['look']): string {
  if (look === null) return ''
  if (look.failure !== null) return `not reached (${look.failure.code})`
  if (look.notRestorable > 0) return `${count(look.notRestorable, 'backup')} not restorable`
  return look.notProved > 0
    ? `${look.notProved} of ${look.backups} not proved`
    : `${look.restorable} restorable`
}

/** Looks at each of these anew, and gives them as they are once every look has ended, well or badly. */
export async function lookedAt(
  ids: readonly string[],
  client: Client,
  { signal }: CommandContext,
): Promise<readonly Cluster[]> {
  const current = async (): Promise<readonly Cluster[]> =>
    (await client.clusters.list()).filter(({ id }) => ids.includes(id))
  if (ids.length === 0) return []
  const pending = new Set(ids)
  const left = new AbortController()
  const changes = await client.host.changes(undefined, { signal: AbortSignal.any([left.signal, signal]) })
  // It listens from its first question on; what changes before the answer is not missed then.
  let change = changes.next()
  try {
    for (const id of ids) await client.clusters.refresh({ id })
    while (pending.size > 0) {
      const { done, value } = await change
      if (done === true) break
      change = changes.next()
      const { topic, id } = value
      // A look tells of its beginning and of its end.
      const isOfLook = topic === 'cluster' || topic === 'row'
      if (!isOfLook || id === undefined || !pending.has(id)) continue
      if ((await current()).some((cluster) => cluster.id === id && !cluster.looking)) pending.delete(id)
    }
    return await current()
  } finally {
    // The one that is still waited for ends with this, whether a look could be asked for or not.
    change.catch(() => undefined)
    left.abort()
  }
}

function inOrder(clusters: readonly Cluster[]): readonly Cluster[] {
  return clusters.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
