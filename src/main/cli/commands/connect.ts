import { valuesByName, type ConnectionField } from '../../../shared/contract/connection-fields.ts'
import { commandLine, namesLast } from '../../../shared/domain/command-line.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { findCluster, openVault, withDesk, type Client } from '../with-desk.ts'
import type { Cluster } from '../../../shared/contract/clusters.ts'

export interface ConnectFlags {
  readonly set: readonly string[]
  readonly remove?: boolean
  readonly reason?: string
  readonly passphraseFile?: string
}

/** Shows, writes or forgets how the masters of a saved cluster are reached. */
export async function connect(
  name: string,
  { set, remove, reason, passphraseFile }: ConnectFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output } = context
  return withDesk(context, async (client) => {
    const cluster = await findCluster(name, client)
    const why = reason === undefined ? {} : { reason }
    if (remove === true) {
      await client.masters.disconnect({ id: cluster.id, ...why })
      output.document({ cluster: cluster.name, connection: null })
      output.line(`How the masters of ${cluster.name} are reached is forgotten. Its repository stays.`)
      return exitStatus.ok
    }
    if (set.length > 0) await openVault(client, passphraseFile ?? null, context)
    const fields = await fieldsOf(cluster, client)
    const { values: kept } = await client.masters.connection({ id: cluster.id })
    const before = valuesByName(kept ?? [])
    const values = { ...before, ...Object.fromEntries(set.map((pair) => valueOf(pair, fields))) }
    if (set.length > 0) await client.masters.save({ id: cluster.id, values, ...why })
    output.document({ cluster: cluster.name, connection: values })
    for (const { name: field, label, required } of fields) {
      const value = values[field]
      const shown = value === undefined ? (required ? 'missing' : '') : JSON.stringify(value)
      output.line(`${field.padEnd(16)} ${label}${shown === '' ? '' : `: ${shown}`}`)
    }
    if (set.length > 0)
      output.line(`Kept. Ask them with: holdfast probe ${commandLine(namesLast([cluster.name]))}`)
    return exitStatus.ok
  })
}

async function fieldsOf(cluster: Cluster, client: Client): Promise<readonly ConnectionField[]> {
  const systems = await client.masters.systems()
  return systems.find(({ system }) => system === cluster.system)?.fields ?? []
}

/** `name=value`, read as the field of that name wants it. What is wrong with a value is for the system's own schema to say. */
function valueOf(pair: string, fields: readonly ConnectionField[]) {
  const at = pair.indexOf('=')
  const name = pair.slice(0, Math.max(0, at))
  const text = pair.slice(at + 1)
  const field = fields.find((each) => each.name === name)
  if (field === undefined) {
    throw new HoldfastError('usage', {
      what: `${JSON.stringify(name)} is no field of this connection.`,
      unchanged: 'Nothing was changed.',
      next: `Write --set FIELD=VALUE with one of: ${fields.map((each) => each.name).join(', ')}.`,
    })
  }
  switch (field.kind) {
    case 'origins':
    case 'hosts':
      return [name, text === '' ? [] : text.split(',')] as const
    case 'switch':
      return [name, text === 'true'] as const
    case 'credential':
      return [name, text === '' ? null : text] as const
    case 'text':
    case 'choice':
      return [name, text] as const
    case 'tls':
    case 'ssh':
      return [name, jsonIn(name, text)] as const
  }
}

function jsonIn(name: string, text: string) {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new HoldfastError(
      'usage',
      {
        what: `The value of ${name} is no JSON.`,
        unchanged: 'Nothing was changed.',
        next: `Write it as ${name}={"caFile":"/path"}.`,
      },
      { cause: error },
    )
  }
}
