import type { ConnectionField, ConnectionValues } from '../../../../shared/contract/connection-fields.ts'
import { commandLine, namesLast } from '../../../../shared/domain/command-line.ts'
import { reasonFlags, type Reasoned } from '../../../lib/reason-flags.ts'
import { draftOf, valuesOf, type Draft } from './connection-draft.ts'

/** What is typed and is not kept already, or usual; credentials by their ids. Null: there is no such thing. */
export function connectCommand(
  cluster: string,
  {
    fields,
    kept,
    draft,
  }: {
    readonly fields: readonly ConnectionField[]
    readonly kept: ConnectionValues | null
    readonly draft: Draft
  },
  why: Reasoned,
): string | null {
  const before = valuesOf(draftOf(fields, kept))
  const after = valuesOf(draft)
  const changes = fields.flatMap(({ name }) => {
    const value = after[name]
    return value === undefined || JSON.stringify(value) === JSON.stringify(before[name])
      ? []
      : ['--set', `${name}=${wordOf(value)}`]
  })
  if (changes.length === 0) return null
  return commandLine(['holdfast', 'connect', ...changes, ...reasonFlags(why), ...namesLast([cluster])])
}

export function disconnectCommand(cluster: string, why: Reasoned): string {
  return commandLine(['holdfast', 'connect', '--remove', ...reasonFlags(why), ...namesLast([cluster])])
}

/** As `--set` takes it: lists with commas, what has parts as JSON, nothing for none. */
function wordOf(value: ConnectionValues[string]): string {
  if (value === null) return ''
  if (Array.isArray(value)) return value.filter((line) => typeof line === 'string').join(',')
  if (typeof value !== 'object') return String(value)
  const given = Object.entries(value).filter(
    ([, part]) => part !== null && !(Array.isArray(part) && part.length === 0),
  )
  return JSON.stringify(Object.fromEntries(given))
}
