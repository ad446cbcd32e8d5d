import type { ClusterMode } from './cluster-mode.ts'

const settingWords = {
  lookEveryMinutes: 'how often repositories are looked at',
  reverifyAfterDays: 'after how long proof is old',
  drillAfterDays: 'after how long a drill is old',
  maxBytesPerSecond: 'how fast is read at most',
  workers: 'how many workers there are',
  autoLockMinutes: 'after how long a sealed file locks',
} as const

const refusalWords = {
  plainHttp: 'Nothing secret goes over http: to another machine, whatever a repository or a connection says',
  unverifiedTls: 'No certificate is believed unverified, whatever a connection says',
} as const

interface Locked {
  readonly locked: readonly (keyof typeof settingWords)[]
  readonly leastMode: ClusterMode
  readonly refuse: readonly (keyof typeof refusalWords)[]
}

/** A policy as sentences, one for each thing that it locks. */
export function policyWords({ locked, leastMode, refuse }: Locked): readonly string[] {
  return [
    ...(leastMode === 'normal' ? [] : [leastWords[leastMode]]),
    ...refuse.map((name) => refusalWords[name]),
    ...locked.map((name) => `Fixed: ${settingWords[name]}`),
  ]
}

const leastWords = {
  protected: 'Each cluster is at least protected: a change needs a reason and the typed name',
  readOnly: 'Each cluster is read-only: nothing of it is restored, and nothing writes to it',
} as const
