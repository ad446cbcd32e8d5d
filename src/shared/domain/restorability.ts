import type { Verdict } from './verdict.ts'

/** What a verdict means for whoever needs the backup now. A warning does not keep a backup from being restored. */
export function restorabilityOf(verdict: Verdict): 'restorable' | 'notRestorable' | 'notProved' {
  switch (verdict) {
    case 'good':
    case 'warning':
      return 'restorable'
    case 'bad':
      return 'notRestorable'
    case 'unknown':
      return 'notProved'
  }
}
