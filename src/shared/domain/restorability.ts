import type { Finding } from './finding.ts'
import type { Verdict } from './verdict.ts'

/**
 * What a verdict means for whoever needs the backup now. A warning does not keep a backup from being restored, unless it
 * is that there is nothing in it.
 */
export function restorabilityOf(
  verdict: Verdict,
  findings: readonly Pick<Finding, 'code'>[],
): 'restorable' | 'notRestorable' | 'notProved' {
  switch (verdict) {
    case 'good':
    case 'warning':
      return findings.some(({ code }) => code === 'backup.empty') ? 'notRestorable' : 'restorable'
    case 'bad':
      return 'notRestorable'
    case 'unknown':
      return 'notProved'
  }
}
