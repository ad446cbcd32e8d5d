import type { RepositoryUsage } from '../../../shared/contract/repositories.ts'
import type { PostureState } from '../../../shared/domain/posture-check.ts'
import type { Tone } from '../../ui/tone.ts'

export const postureWords: Readonly<Record<PostureState, string>> = {
  good: 'Good',
  warning: 'Warning',
  bad: 'Bad',
  unknown: 'Cannot be told',
  notApplicable: 'Does not apply',
}

export const postureTones: Readonly<Record<PostureState, Tone>> = {
  good: 'good',
  warning: 'warn',
  bad: 'bad',
  unknown: 'unknown',
  notApplicable: 'none',
}

/** What is saved by sharing, as a share of what whole copies would take; null where nothing is stored. */
export function savedShare({ storedBytes, withoutSharingBytes }: RepositoryUsage): number | null {
  return withoutSharingBytes === 0 ? null : Math.max(0, 1 - storedBytes / withoutSharingBytes)
}

export interface UsageBar {
  readonly name: string
  readonly objects: number
  readonly bytes: number
  /** Of the largest bar. */
  readonly share: number
}

/** Stores, then what is no store: manifests, and objects that nothing points to. All are drawn to one scale. */
export function usageBars({ stores, manifestBytes, backups, orphans }: RepositoryUsage): readonly UsageBar[] {
  const bars = [
    ...stores.map(({ store, objects, bytes }) => ({ name: store, objects, bytes })),
    ...(manifestBytes > 0 ? [{ name: 'manifests', objects: backups, bytes: manifestBytes }] : []),
    ...(orphans.objects > 0 ? [{ name: 'orphans', objects: orphans.objects, bytes: orphans.bytes }] : []),
  ]
  const most = Math.max(1, ...bars.map(({ bytes }) => bytes))
  return bars.map((bar) => ({ ...bar, share: bar.bytes / most }))
}

/** The folders on the way to a prefix, outermost first: `a/b/` gives `a/` and `a/b/`. */
export function crumbsOf(prefix: string): readonly { readonly name: string; readonly prefix: string }[] {
  const names = prefix.split('/').filter((name, at, all) => name !== '' || at < all.length - 1)
  return names.map((name, at) => ({ name, prefix: `${names.slice(0, at + 1).join('/')}/` }))
}
