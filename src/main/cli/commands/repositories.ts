import type { Repository } from '../../../shared/contract/repositories.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { findRepository, withDesk } from '../with-desk.ts'
import { ageInWords, bytesInWords, count, table } from '../words.ts'
import { newAccess, changedAccess, type AccessFlags } from './access-fields.ts'
import { systemOf } from './cluster-fields.ts'

export interface AddRepositoryFlags extends AccessFlags {
  readonly system: string
  readonly repository: string
}

export interface EditRepositoryFlags extends AccessFlags {
  readonly name?: string
  readonly repository?: string
}

export async function listRepositories(context: CommandContext): Promise<ExitStatus> {
  const { output, ports } = context
  return withDesk(context, async (client) => {
    const repositories = (await client.repositories.list()).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    output.document({ repositories })
    const rows = repositories.map((each) => cells(each, ports.clock.now()))
    for (const line of table(rows)) output.line(line.trimEnd())
    if (rows.length === 0)
      output.line(
        'No repository is known yet: see "holdfast repositories add --help", or "holdfast clusters add --help".',
      )
    return exitStatus.ok
  })
}

/** Saves a place without a cluster, and says what of it does not work; that undoes nothing. */
export async function addRepository(
  name: string,
  flags: AddRepositoryFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output, signal } = context
  const system = systemOf(flags.system)
  return withDesk(context, async (client) => {
    const access = await newAccess(flags.repository, flags, client)
    const repository = await client.repositories.add({ name, system, address: flags.repository, access })
    const { address } = repository
    output.document({ repository })
    output.line(`Added ${repository.name} as ${repository.id}: ${address}`)
    for await (const { state, title, detail } of await client.repositories.test(
      { system, address, access, masterKeys: [] },
      { signal },
    )) {
      if (state === 'failed') output.note(['Note:', title, detail].filter(Boolean).join(' '))
    }
    return exitStatus.ok
  })
}

export async function editRepository(
  idOrName: string,
  flags: EditRepositoryFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output } = context
  return withDesk(context, async (client) => {
    const { id, name, address: before, access } = await findRepository(idOrName, client)
    const address = flags.repository ?? before
    const repository = await client.repositories.edit({
      id,
      name: flags.name ?? name,
      address,
      access: await changedAccess(access, address, flags, client),
    })
    output.document({ repository })
    output.line(`Changed ${repository.name} (${id}): ${repository.address}`)
    return exitStatus.ok
  })
}

export async function removeRepository(idOrName: string, context: CommandContext): Promise<ExitStatus> {
  const { output } = context
  return withDesk(context, async (client) => {
    const { id, name, address } = await findRepository(idOrName, client)
    await client.repositories.remove({ id })
    output.document({ removed: { id, name, address } })
    output.line(`Removed ${name} (${id}). What lies in ${address} stays as it is.`)
    return exitStatus.ok
  })
}

/** What it holds, and what no backup points to. */
export async function showUsage(idOrName: string, context: CommandContext): Promise<ExitStatus> {
  const { output, signal } = context
  return withDesk(context, async (client) => {
    const { id, name } = await findRepository(idOrName, client)
    const usage = await client.repositories.usage({ id }, { signal })
    output.document({ repository: { id, name }, ...usage })
    const { objects, storedBytes, withoutSharingBytes, backups, stores, orphans } = usage
    output.line(
      `${count(objects, 'object')}, ${bytesInWords(storedBytes)}; ${count(backups, 'backup')} that would take ${bytesInWords(withoutSharingBytes)} without sharing`,
    )
    const rows = stores.map((each) => [each.store, count(each.objects, 'object'), bytesInWords(each.bytes)])
    for (const line of table(rows)) output.line(`  ${line}`)
    output.line(
      orphans.objects === 0
        ? 'Each object belongs to a backup.'
        : `No readable backup points to ${count(orphans.objects, 'object')}, ${bytesInWords(orphans.bytes)}:`,
    )
    for (const { key, sizeBytes } of orphans.listed) output.line(`  ${key}  ${bytesInWords(sizeBytes)}`)
    const unlisted = orphans.objects - orphans.listed.length
    if (unlisted > 0) output.line(`  and ${unlisted} more`)
    if (orphans.note !== null) output.line(orphans.note)
    return exitStatus.ok
  })
}

function cells({ id, name, system, clusters, seen, address }: Repository, nowMs: number): readonly string[] {
  const usedBy = clusters.length === 0 ? 'no cluster' : clusters.map((cluster) => cluster.name).join(', ')
  return [id, name, system, usedBy, seenWords(seen, nowMs), address]
}

function seenWords(seen: Repository['seen'], nowMs: number): string {
  if (seen === null) return 'not looked at yet'
  if (seen.failure !== null) return `not readable (${seen.failure.code})`
  return `${count(seen.backups, 'backup')}, ${bytesInWords(seen.storedBytes)}, seen ${ageInWords(seen.at, nowMs)}`
}
