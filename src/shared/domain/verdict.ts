import type { Finding, FindingCode } from './finding.ts'

export type Verdict = 'good' | 'warning' | 'bad' | 'unknown'

/** Findings that leave the question open instead of answering it: want of a key, of access, of a known format. */
const openQuestions: ReadonlySet<FindingCode> = new Set([
  'key.missing',
  'object.unreachable',
  'format.unknown',
])

/**
 * The verdict on one backup from every finding about it and its parts. `provedToTheEnd` is false where the
 * verification stopped, by choice or of need, below the highest level that the format can prove: such a backup is
 * never called good.
 */
export function verdictOf(findings: readonly Finding[], provedToTheEnd: boolean): Verdict {
  if (findings.some((finding) => finding.severity === 'error' && !openQuestions.has(finding.code)))
    return 'bad'
  if (!provedToTheEnd || findings.some((finding) => openQuestions.has(finding.code))) return 'unknown'
  return findings.length > 0 ? 'warning' : 'good'
}
