import {
  largestSetupBytes,
  setupDocument,
  setupFormat,
  type SetupDocument,
} from '../../../shared/contract/setup.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { runsProgram } from '../../../shared/domain/setup-changes.ts'
import { readJsonObject } from '../../../shared/domain/strict-json.ts'
import { holdsLogin } from './portable.ts'

/** A document that nobody vouches for. Throws `usage`: nothing of one that is not understood whole is taken. */
export function readSetup(text: string): SetupDocument {
  // By its characters first: a text that is far too long is not written out anew to be measured.
  if (text.length > largestSetupBytes) {
    throw refused(
      `It is longer than ${largestSetupBytes} characters.`,
      'Choose a file that Holdfast has exported.',
    )
  }
  const reading = readJsonObject(new TextEncoder().encode(text), largestSetupBytes)
  if (!reading.ok)
    throw refused(`It is not read: ${reading.reason}.`, 'Choose a file that Holdfast has exported.')
  const version = versionOf(reading.value['format'])
  if (version !== null && version > setupFormat.version) {
    throw refused(
      `It was written by a newer version of Holdfast: ${setupFormat.name}/${version}, and this one knows ${setupFormat.name}/${setupFormat.version}.`,
      'Use that version here, or export with this one there.',
    )
  }
  const hidden = hiddenName(reading.value)
  if (hidden !== null)
    throw refused(`It has a field ${hidden}, which no setup has.`, 'Look at who has written it.')
  const parsed = setupDocument.safeParse(reading.value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const where =
      issue === undefined || issue.path.length === 0 ? '' : `At ${issue.path.map(String).join('.')}: `
    throw refused(
      `${where}${(issue?.message ?? 'It is no setup.').slice(0, 300)}`,
      'Mend that, or export again.',
    )
  }
  refuseDangers(parsed.data)
  refuseTwice(parsed.data)
  return parsed.data
}

function versionOf(format: unknown): number | null {
  const found = typeof format === 'string' ? /^holdfast-setup\/(\d{1,9})$/.exec(format)?.[1] : undefined
  return found === undefined ? null : Number(found)
}

/** A schema may pass over such a name instead of refusing it. */
function hiddenName(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null
  for (const [name, inner] of Object.entries(value)) {
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') return name
    const found = hiddenName(inner)
    if (found !== null) return found
  }
  return null
}

function refuseDangers({ settings, repositories, clusters }: SetupDocument): void {
  const reached = [
    ...repositories.map(({ name, address, access }) => [name, { address, access }] as const),
    ...clusters.map(
      ({ name, connection, hostKeys, drillSchedule }) =>
        [
          name,
          { ...connection, hostKeys, drills: drillSchedule && [drillSchedule.host, drillSchedule.folder] },
        ] as const,
    ),
    ['Settings', { auditAnchor: settings.auditAnchor }] as const,
  ]
  for (const [name, values] of reached) {
    const found = runsProgram(values)
    if (found !== null) {
      throw refused(
        `${name} would have a program run here: ${found}`,
        'Take that out of it, and ask who has put it there.',
      )
    }
  }
  for (const { name, connection } of clusters) {
    const field = Object.entries(connection ?? {}).find(([, value]) => holdsLogin(value))?.[0]
    if (field === undefined) continue
    throw refused(
      `The field ${field} of ${name} has a login in it.`,
      'Take it out: a secret belongs into the vault.',
    )
  }
}

function refuseTwice({ repositories, clusters, targets }: SetupDocument): void {
  const twice =
    firstTwice(repositories.map(({ id }) => id)) ??
    firstTwice(clusters.map(({ id }) => id)) ??
    firstTwice(clusters.map(({ name }) => name)) ??
    firstTwice(targets.map(({ dir }) => dir))
  if (twice !== null) throw refused(`${twice} stands twice in it.`, 'Take one of them out.')
  for (const { name, repository, system } of clusters) {
    const found = repositories.find(({ id }) => id === repository)
    if (found === undefined) throw refused(`The repository of ${name} is not in it.`, 'Export again.')
    if (found.system !== system) {
      throw refused(
        `${name} is of ${system}, and its repository of ${found.system}.`,
        'Mend that, or export again.',
      )
    }
  }
}

function firstTwice(names: readonly string[]): string | null {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) return name
    seen.add(name)
  }
  return null
}

function refused(why: string, next: string): HoldfastError {
  return new HoldfastError('usage', {
    what: 'This is no setup that can be imported.',
    why,
    unchanged: 'Nothing was changed.',
    next,
  })
}
