import { errorFinding, warningFinding, type Finding } from '../../../shared/domain/finding.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import type { TableFacts } from './facts.ts'
import type { TableEntry } from './manifest.ts'
import type { SidecarTable } from './sidecar.ts'

/** Holds what a table's file turned out to be against the rules of its format, its manifest and its sidecar. */
export function judgeContents(
  { name }: TableEntry,
  version: 1 | 2,
  facts: TableFacts,
  recorded: SidecarTable | null,
): readonly Finding[] {
  return [
    ...problemFindings(facts),
    ...tableFindings(name, facts),
    ...endFindings(version, facts),
    ...orderFindings(facts),
    ...countFindings(name, facts, recorded),
  ]
}

function problemFindings({ problems }: TableFacts): readonly Finding[] {
  return problems.map(({ code, message, count }) =>
    errorFinding(code, count === 1 ? message : `${message} ${count - 1} more records have the same flaw.`),
  )
}

/** The server that restores an older backup compares nothing [from source: armadaserver/maintenance.go:113-147]. */
function tableFindings(name: string, { tables, records, withoutTable }: TableFacts): readonly Finding[] {
  const findings: Finding[] = []
  const other = tables.find((table) => table.name !== name)
  if (other !== undefined) {
    const named = other.name === null ? 'a table whose name is no text' : `the table ${quoted(other.name)}`
    const message = `The file holds records of ${named}, not of ${quoted(name)}: restored, they would come into the wrong table.`
    findings.push(errorFinding('archive.malformed', message))
  }
  if (withoutTable > 0) {
    const many = withoutTable === records ? 'All' : `${withoutTable} of`
    const message = `${many} ${records} records name no table, so nothing in the file says that they are of ${quoted(name)}.`
    findings.push(warningFinding('format.unusual', message))
  }
  return findings
}

/** Only the newer form says in the file itself that nothing is missing [from source, newer: armadaserver/maintenance.go]. */
function endFindings(version: 1 | 2, { complete, endLeaderIndex, problems }: TableFacts): readonly Finding[] {
  if (version === 2 && complete && endLeaderIndex === null && problems.length === 0) {
    const message =
      'The file has no record that ends it, as every file of this format has: records are missing.'
    return [errorFinding('archive.truncated', message)]
  }
  if (version === 1 && endLeaderIndex !== null) {
    const message =
      'The file ends with a record of the newer format, but its manifest names no format: a server that restores it as an older one writes an empty key.'
    return [warningFinding('format.unusual', message)]
  }
  return []
}

function orderFindings({ outOfOrder, repeated }: TableFacts): readonly Finding[] {
  const findings: Finding[] = []
  if (outOfOrder > 0) {
    const message = `${outOfOrder} keys come after a larger one; the system writes them in ascending order.`
    findings.push(warningFinding('format.unusual', message))
  }
  if (repeated > 0) {
    const message = `${repeated} records repeat the key before them; of each key the last record counts.`
    findings.push(warningFinding('format.unusual', message))
  }
  return findings
}

/** After damage the count is of what came before it. */
function countFindings(
  name: string,
  { complete, keys, problems }: TableFacts,
  recorded: SidecarTable | null,
): readonly Finding[] {
  if (recorded === null || !complete || problems.length > 0 || recorded.keys === keys) return []
  const message = `The file holds ${keys} keys of ${quoted(name)}; holdfast.json records ${recorded.keys}.`
  return [errorFinding('manifest.disagrees', message)]
}
