import { errorFinding, warningFinding, type Finding } from '../../../shared/domain/finding.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import type { BackupReport, Evidence } from '../../ports/backup-system.ts'
import { readFacts } from './facts.ts'
import { isTableFile, type ArmadaBackup } from './inventory.ts'
import { judgeTable } from './judge-table.ts'
import { sidecarName, type SidecarFacts } from './sidecar.ts'

/** Judges one backup: each table, what the sidecar adds, and whether it holds anything at all. */
export function judgeBackup(backup: ArmadaBackup, evidence: Evidence): BackupReport {
  const { manifest, backupId, folder, sidecar } = backup
  const recorded = sidecar.kind === 'facts' ? sidecar.facts : null
  return {
    createdAt: null,
    findings: [
      ...backup.findings,
      ...sidecarFindings(backup),
      ...unlistedFindings(backup),
      ...(manifest !== null && isEmpty(backup, evidence) ? [emptyFinding(manifest.tables.length)] : []),
    ],
    stores: (manifest?.tables ?? []).map((entry) =>
      judgeTable(
        entry,
        {
          backupId,
          version: manifest?.version ?? 1,
          info: entry.unsafe === null ? (folder.get(entry.fileName) ?? null) : null,
          recorded: recorded?.tables.get(entry.name) ?? null,
        },
        evidence,
      ),
    ),
  }
}

function sidecarFindings({ sidecar, manifest }: ArmadaBackup): readonly Finding[] {
  switch (sidecar.kind) {
    case 'none':
      return []
    case 'wrong':
      return [
        errorFinding(
          'manifest.unreadable',
          `${sidecarName} beside the manifest cannot be read: ${sidecar.reason}.`,
        ),
      ]
    case 'unknown': {
      const message = `${sidecarName} beside the manifest is of the format ${quoted(sidecar.format)}, which is not known here.`
      return [warningFinding('format.unknown', message)]
    }
    case 'unreachable':
      return [
        errorFinding(
          'object.unreachable',
          `${sidecarName} beside the manifest could not be read. ${sidecar.reason}`,
        ),
      ]
    case 'facts':
      return manifest === null
        ? []
        : compareSidecar(sidecar.facts, new Set(manifest.tables.map(({ name }) => name)))
  }
}

/**
 * A restore of some tables is made by a manifest that was cut down [from source: cmd/restore.go:29-34], and a run that fails leaves
 * its files beside an older manifest. What this console recorded says the same with names of tables.
 */
function unlistedFindings({ manifest, folder, sidecar }: ArmadaBackup): readonly Finding[] {
  if (manifest === null || sidecar.kind === 'facts') return []
  const listed = new Set(manifest.tables.map(({ fileName }) => fileName))
  // Of a table whose file is not there, it may be the file under another name: that is told of the table.
  if (![...listed].every((name) => folder.has(name))) return []
  const unlisted = [...folder.keys()].filter((name) => isTableFile(name) && !listed.has(name))
  const [first, ...others] = unlisted
  if (first === undefined) return []
  const more = others.length === 0 ? '' : ` and ${countOf(others.length, 'more file')}`
  const message = `The manifest does not list ${quoted(first)}${more}, which lies beside it: no restore of this backup brings back what is in it.`
  return [warningFinding('format.unusual', message)]
}

/** So many are told one by one. */
const mostTold = 20

/**
 * A table that the server could not report is left out of the manifest, and its own tools say nothing of it [from source:
 * replication/backup/backup.go, storage/engine.go:280-317]. That is what the sidecar is kept for.
 */
function compareSidecar(facts: SidecarFacts, listed: ReadonlySet<string>): readonly Finding[] {
  const findings: Finding[] = []
  const unreported = (facts.statusErrors ?? []).filter((error) => !listed.has(tableOfError(error, listed)))
  for (const error of unreported.slice(0, mostTold)) {
    const message = `The backup lacks a table that the server could not report when it was made: ${quoted(error)}.`
    findings.push(errorFinding('manifest.incomplete', message))
  }
  if (unreported.length > mostTold) {
    const message = `It lacks ${countOf(unreported.length - mostTold, 'more table')} that the server could not report.`
    findings.push(errorFinding('manifest.incomplete', message))
  }
  const left = [...facts.tables.keys()].filter((name) => !listed.has(name))
  if (left.length > 0) {
    const message = `The manifest lacks ${left.map(quoted).join(', ')}, which ${sidecarName} has: it was cut down since.`
    findings.push(errorFinding('manifest.incomplete', message))
  }
  const added = [...listed].filter((name) => !facts.tables.has(name))
  if (added.length > 0) {
    const message = `The manifest has ${added.map(quoted).join(', ')}, which ${sidecarName} does not know.`
    findings.push(errorFinding('manifest.disagrees', message))
  }
  return findings
}

/** `<table>: <error>`; a name may itself hold a colon and a space, so a listed one counts first. */
function tableOfError(error: string, listed: ReadonlySet<string>): string {
  for (let at = error.indexOf(': '); at >= 0; at = error.indexOf(': ', at + 1)) {
    if (listed.has(error.slice(0, at))) return error.slice(0, at)
  }
  return error
}

/** An empty table is a file without a byte [from source: systems page A3]; the newer form has its end record. */
const emptyMd5 = 'd41d8cd98f00b204e9800998ecf8427e'

/** True where every table was read and none holds a key. */
function isEmpty({ manifest, folder }: ArmadaBackup, evidence: Evidence): boolean {
  return (manifest?.tables ?? []).every(({ unsafe, fileName, md5 }) => {
    const info = unsafe === null ? folder.get(fileName) : undefined
    if (info === undefined) return false
    if (info.sizeBytes === 0) return manifest?.version === 1 && md5 === emptyMd5
    const seen = evidence.object(info.key)
    const facts = seen.kind === 'read' ? readFacts(seen.facts.content) : null
    return facts !== null && facts.complete && facts.keys === 0 && facts.problems.length === 0
  })
}

function emptyFinding(tables: number): Finding {
  const what = tables === 0 ? 'The manifest lists no table.' : 'No table of this backup holds a key.'
  return warningFinding('backup.empty', `${what} There is nothing that could be restored.`)
}
