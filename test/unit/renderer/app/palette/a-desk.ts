import type { Cluster, TrustedHost } from '../../../../../src/shared/contract/clusters.ts'
import type { Job } from '../../../../../src/shared/contract/jobs.ts'
import type { Repository } from '../../../../../src/shared/contract/repositories.ts'
import { noAccess } from '../../../../../src/shared/contract/repositories.ts'
import type { RestoreTargetEntry } from '../../../../../src/shared/contract/restore.ts'
import type { RetentionView } from '../../../../../src/shared/contract/retention.ts'
import type { RunSummary } from '../../../../../src/shared/contract/runbooks.ts'
import type { Credential, VaultStatus } from '../../../../../src/shared/contract/vault.ts'

/** A desk on which all that the console offers can be done. */
const at = '2026-11-21T02:00:00.000Z'
export const backupId = '20261121T020000Z'

export const aCluster: Cluster = {
  id: 'kiok-prod',
  name: 'kiok-prod',
  system: 'kiok',
  mode: 'normal',
  repositoryId: 'place',
  address: 'file:///srv/backups',
  masterKeys: ['key'],
  masterKeyHints: ['0a1b2c3d'],
  rpoMs: 86_400_000,
  rtoMs: null,
  addedAt: at,
  hostKeys: [],
  masters: { state: 'up', words: 'All masters answer.', at },
  look: {
    asOf: at,
    failure: null,
    backups: 1,
    restorable: 1,
    notRestorable: 0,
    notProved: 0,
    newest: { backupId, createdAt: at },
    newestRestorable: { backupId, createdAt: at, level: 'decrypts', verifiedAt: at },
    proved: null,
    days: [],
    keyProof: { state: 'opens', opens: 1, of: 1 },
    lastDrill: null,
    storedBytes: 1,
    objects: 1,
    worst: null,
  },
  posture: null,
  looking: false,
}

export const aJob: Job = {
  id: 'job',
  kind: 'verify',
  clusterId: 'kiok-prod',
  subject: 'kiok-prod',
  detail: 'all backups',
  state: 'running',
  phases: [],
  phase: null,
  doneBytes: 0,
  totalBytes: null,
  bytesPerSecond: null,
  leftMs: null,
  createdAt: at,
  startedAt: at,
  finishedAt: null,
  outcome: null,
  tone: null,
  failure: null,
  result: null,
  cancel: 'Stops reading.',
  canResume: false,
  lastEvent: 0,
}

/** One whose process ended before it did. */
export const aCutJob: Job = { ...aJob, id: 'cut', state: 'interrupted', cancel: null, canResume: true }

export const aRunSummary: RunSummary = {
  id: 'run',
  scenario: 'KI-1',
  title: 'The leader is gone',
  clusterId: 'kiok-prod',
  cluster: 'kiok-prod',
  startedAt: at,
  startedBy: 'lena@ops',
  holder: 'lena@ops',
  state: 'open',
  endedAt: null,
  at: 'Is any master alive?',
  done: 1,
  steps: 4,
  acceptance: { green: 0, excepted: 0, all: 2, signedAt: null },
}

export const aRepository: Repository = {
  id: 'spare',
  name: 'spare',
  address: 'file:///srv/spare',
  system: 'kiok',
  access: noAccess,
  clusters: [],
  seen: null,
}

export const aCredential: Credential = {
  id: 'key',
  kind: 'masterKey',
  label: 'Key of kiok-prod',
  hint: '0a1b2c3d',
  addedAt: at,
  usedAt: null,
  usedBy: [],
  isThere: true,
}

export const aTrustedHost: TrustedHost = {
  host: 'admin@m1:22',
  fingerprint: `SHA256:${'A'.repeat(43)}`,
  of: 'cluster',
  id: 'kiok-prod',
  name: 'kiok-prod',
  since: at,
}

export const aTarget: RestoreTargetEntry = {
  dir: '/srv/kiok',
  usedAt: at,
  clusterId: 'kiok-prod',
  backupId,
  canRollBack: true,
  unfinished: false,
}

export const aRetention: RetentionView = {
  rules: null,
  sweepsOrphans: false,
  pins: [{ backupId, reason: 'The last one before the change.', at }],
  usual: null,
  sharedWith: [],
}

export const aVault = (state: VaultStatus['state']): VaultStatus => ({
  state,
  backend: state === 'none' ? null : 'sealedFile',
  name: '/home/lena/vault',
  reason: null,
  choices: [],
  autoLockMinutes: 15,
})
