import type { Finding } from '../../shared/domain/finding.ts'
import { lowerOf } from '../../shared/domain/level.ts'
import type { Verdict } from '../../shared/domain/verdict.ts'
import type { VerifiedBackup } from '../engine/verify/verify-backups.ts'
import type { StoreReport } from '../ports/backup-system.ts'
import type { CommandContext } from './context.ts'
import type { Output } from './output.ts'
import { ageInWords, bytesInWords, count, durationInWords, table, timeInWords } from './words.ts'

export interface VerificationSummary {
  readonly backups: number
  readonly good: number
  readonly warning: number
  readonly bad: number
  readonly unknown: number
  readonly objectsRead: number
  readonly bytesRead: number
  readonly seconds: number
}

/** One backup of the JSON document of `verify`. */
export function backupDocument({ backup, verdict, report, restoredAt }: VerifiedBackup) {
  return {
    backupId: backup.backupId,
    createdAt: report.createdAt ?? backup.createdAt,
    verdict,
    // Only where a drill was made: scripts rely on what stood here before.
    ...(restoredAt !== null && { restoredAt }),
    stores: report.stores.map(storeDocument),
    findings: report.findings,
  }
}

function storeDocument({
  store,
  holder,
  object,
  levelReached,
  findings,
  notProvable,
  verifiedAt,
}: StoreReport) {
  return { store, holder, object, levelReached, findings, notProvable, verifiedAt }
}

/** The verdict on one backup for people; the table of its stores where it is asked for or something is wrong. */
export function printBackup(
  { backup, verdict, report, restoredAt }: VerifiedBackup,
  inFull: boolean,
  context: CommandContext,
): void {
  const { output, ports } = context
  const createdAt = report.createdAt ?? backup.createdAt
  const age = createdAt === null ? 'time unknown' : timeInWords(createdAt, ports.clock.now())
  const reached =
    restoredAt === null
      ? reachedInWords(report.stores, ports.clock.now())
      : [`restored by a drill ${ageInWords(restoredAt, ports.clock.now())}`]
  output.line(
    [verdictInWords(verdict, output), output.style('bold', backup.backupId), age, ...reached].join('  '),
  )
  if (inFull) for (const line of storeTable(report.stores, ports.clock.now())) output.line(`         ${line}`)
  for (const finding of report.findings) output.line(`         ${findingLine(finding, output)}`)
  for (const { store, finding, others } of alikeTogether(report.stores)) {
    output.line(`         ${store}: ${findingLine(finding, output)}`)
    if (others.length > 0) output.line(`         ${others.join(', ')}: the same.`)
  }
}

/** What several stores have in common, but for their names, is told once: a wrong key is wrong for all of them. */
function alikeTogether(
  stores: readonly StoreReport[],
): Iterable<{ readonly store: string; readonly finding: Finding; readonly others: readonly string[] }> {
  const told = new Map<string, { store: string; finding: Finding; others: string[] }>()
  for (const { store, findings } of stores) {
    for (const finding of findings) {
      const alike = JSON.stringify([finding.severity, finding.code, finding.message.split(store)])
      const known = told.get(alike)
      if (known === undefined) told.set(alike, { store, finding, others: [] })
      else known.others.push(store)
    }
  }
  return told.values()
}

export function printSummary(
  summary: VerificationSummary,
  backups: readonly VerifiedBackup[],
  assumed: string | null,
  { output }: CommandContext,
): void {
  const { good, warning, bad, unknown, objectsRead, bytesRead, seconds } = summary
  const verdicts = Object.entries({ good, warning, bad, unknown }).filter(([, number]) => number > 0)
  output.line()
  output.line(
    `${count(summary.backups, 'backup')}: ${verdicts.map(([word, number]) => `${number} ${word}`).join(', ') || 'nothing to judge'}. ` +
      `Read ${count(objectsRead, 'object')}, ${bytesInWords(bytesRead)}, in ${durationInWords(seconds * 1000)}.`,
  )
  if (good > 0) {
    output.line(
      'Good means: the objects are what the manifests say. Nothing signs a manifest, so it does not say who wrote it.',
    )
  }
  const unrecorded = backups.filter(
    ({ verdict, report }) => verdict === 'good' && report.stores.some(isUnrecorded),
  )
  if (unrecorded.length > 0) {
    output.line(
      `Nothing records the bytes of ${unrecorded.length} of the good ones: their structure holds, but a byte that was ` +
        'changed before this console first read them need not show.',
    )
  }
  if (assumed !== null) output.line(assumed)
}

/** No hash of the stored bytes and none of the plain ones was there to hold them against. */
function isUnrecorded({ notProvable }: StoreReport): boolean {
  return (['intact', 'matches'] as const).every((level) => notProvable.some((each) => each.level === level))
}

/** Objects with an error that more than one backup points to: one repair, or one loss, for all of them. */
export function printShared(backups: readonly VerifiedBackup[], { output }: CommandContext): void {
  const uses = new Map<string, number>()
  for (const store of backups.flatMap(({ report }) => report.stores)) {
    if (!store.findings.some(({ severity }) => severity === 'error')) continue
    const name = placeOf(store)
    uses.set(name, (uses.get(name) ?? 0) + 1)
  }
  for (const [name, number] of uses) {
    if (number > 1) output.line(`${output.style('red', '✘')} ${number} of these backups need ${name}.`)
  }
}

/** The level that every store reached, and when the oldest of the evidence for it was read. */
function reachedInWords(stores: readonly StoreReport[], nowMs: number): readonly string[] {
  const [first, ...others] = stores.map(({ levelReached }) => levelReached)
  if (first === undefined) return []
  const level = others.reduce(lowerOf, first)
  const oldest = stores.flatMap(({ verifiedAt }) => verifiedAt ?? []).sort()[0]
  return [oldest === undefined ? level : `${level}, read ${ageInWords(oldest, nowMs)}`]
}

function storeTable(stores: readonly StoreReport[], nowMs: number): readonly string[] {
  const rows = stores.map((each) => [
    each.store,
    each.levelReached,
    each.verifiedAt === null ? 'not read' : `read ${ageInWords(each.verifiedAt, nowMs)}`,
    placeOf(each),
    [
      ...(each.intactBy === undefined ? [] : [`intact by ${each.intactBy}`]),
      ...each.notProvable.map(({ level, reason }) => `${level} not provable: ${reason}`),
    ].join('; '),
  ])
  return rows.length === 0
    ? []
    : table([['STORE', 'LEVEL', 'EVIDENCE', 'OBJECT', ''], ...rows]).map((line) => line.trimEnd())
}

/** Where its bytes lie in the repository; of a name that must not be followed, what the manifest says. */
function placeOf({ key, holder, object }: StoreReport): string {
  return key ?? `${holder}/${object}`
}

export function findingLine({ severity, code, message }: Finding, output: Output): string {
  return `${output.style(severity === 'error' ? 'red' : 'yellow', severity)} ${code}: ${message}`
}

function verdictInWords(verdict: Verdict, output: Output): string {
  switch (verdict) {
    case 'good':
      return output.style('green', '✔ good   ')
    case 'warning':
      return output.style('yellow', '! warning')
    case 'bad':
      return output.style('red', '✘ bad    ')
    case 'unknown':
      return output.style('yellow', '? unknown')
  }
}
