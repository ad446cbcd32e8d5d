import { isJsonObject } from '../../../shared/domain/strict-json.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { printable } from '../../../shared/domain/printable.ts'
import type { HttpReply } from '../../ports/http-client.ts'
import type { Answer } from './ask.ts'
import type { NameGap } from '../../ports/gaps.ts'
import { firstText, listOf } from './http-replies.ts'

/** What the fields of a list are called that no page describes. */
export interface ListNames {
  readonly listFields: NameGap
  readonly idFields: NameGap
  readonly runFields: NameGap
}

/**
 * The ids in a reply whose form is not documented: a list, or an object with one, of texts or of objects with an id. A run that has
 * failed, of a history, is no backup.
 */
export function listedIds(
  reply: HttpReply,
  { listFields, idFields, runFields }: ListNames,
): readonly string[] {
  return listOf(reply, 'The list of backups cannot be read:', listFields.names).flatMap((item) => {
    if (isJsonObject(item) && /fail|error|abort|cancel/i.test(firstText(item, runFields.names) ?? ''))
      return []
    const id = typeof item === 'string' ? item : isJsonObject(item) ? firstText(item, idFields.names) : null
    // A key of an object: its name is what a repository shows.
    return id === null || id === '' ? [] : [id.slice(id.lastIndexOf('/') + 1).replace(/\.tar\.gz$/, '')]
  })
}

/** One backup in the repository, by every name that the cluster may call it by. */
export type FoundBackup = readonly string[]

/**
 * What the cluster lists against what its repository holds. `found` was read before `listed`, so what was made in between is missing in
 * neither. A list may be of the newest alone: what is older than all of it is no difference.
 */
export function compareLists(
  listed: readonly string[],
  found: readonly FoundBackup[],
  evidence: string,
): Answer {
  if (listed.length === 0 && found.length === 0) return { state: 'ok', answer: 'Neither has one.', evidence }
  const names = new Set(found.flat())
  const lacking = listed.filter((id) => !names.has(id))
  const known = new Set(listed)
  const oldest = listed.map(digitsOf).toSorted()[0] ?? ''
  const unlisted = found.filter((each) => !each.some((name) => known.has(name)))
  const recent = unlisted.filter((each) => digitsOf(each[0] ?? '') > oldest)
  if (listed.length > 0 && lacking.length === listed.length) {
    return {
      state: 'warning',
      answer: `None of the ${countOf(listed.length, 'backup')} that the cluster lists is in this repository.`,
      evidence,
      next: 'Compare the bucket and the prefix of the cluster’s own settings with the address that is saved here.',
    }
  }
  const parts = [
    ...(lacking.length === 0
      ? []
      : [`The cluster lists ${shown(lacking)}, which this repository does not hold.`]),
    ...(recent.length === 0
      ? []
      : [
          `This repository holds ${shown(recent.map(([name = '']) => name))}, which the cluster does not list.`,
        ]),
  ]
  if (parts.length > 0) {
    return {
      state: 'warning',
      answer: parts.join(' '),
      evidence,
      next:
        lacking.length > 0
          ? 'Find out who deleted them: what the cluster lists cannot be restored from here.'
          : 'It may be of another cluster, or copied: compare the names in their manifests.',
    }
  }
  const older = unlisted.length - recent.length
  return {
    state: 'ok',
    answer: `The repository holds ${listed.length === 1 ? 'the one backup' : `all ${countOf(listed.length, 'backup')}`} that the cluster lists${older === 0 ? '' : `, and ${countOf(older, 'older one')}`}.`,
    evidence,
  }
}

/** Every kind of id begins with its time, after a word at most. */
function digitsOf(id: string): string {
  return id.replaceAll(/\D/g, '').slice(0, 14)
}

function shown(ids: readonly string[]): string {
  const [first = '', ...others] = ids
  return others.length === 0 ? printable(first) : `${printable(first)} and ${others.length} more`
}
