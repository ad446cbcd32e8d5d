import * as z from 'zod'
import { clusterMode, look } from '../../../shared/contract/clusters.ts'
import { connectionValues, hostKeys } from '../../../shared/contract/connection-fields.ts'
import { savedDrillSchedule } from '../../../shared/contract/drills.ts'
import { ownSchedule } from '../../../shared/contract/masters.ts'
import { accessInput, address, posture } from '../../../shared/contract/repositories.ts'
import { savedRetention } from '../../../shared/contract/retention.ts'
import { settingsValue, type Settings } from '../../../shared/contract/settings.ts'
import { backupId, count, durationMs, id, systemName, time } from '../../../shared/contract/values.ts'
import { credentialKind, vaultBackend } from '../../../shared/contract/vault.ts'
import { isJsonObject, type JsonObject } from '../../../shared/domain/strict-json.ts'
import type {
  LastAnchor,
  SavedCluster,
  SavedCredential,
  SavedLook,
  SavedPosture,
  SavedRepository,
  SavedTarget,
  VaultChoice,
} from '../../ports/desk-state.ts'
import type { DocumentKind, DocumentSchema } from './document-kind.ts'

/** Every object is strict: a field that is not known would be lost at the next change, so it is reported instead. */

const cluster = z.strictObject({
  id,
  name: z.string(),
  system: systemName,
  mode: clusterMode,
  repositoryId: id,
  masterKeys: z.array(id),
  rpoMs: durationMs,
  rtoMs: durationMs.nullable(),
  addedAt: time,
  connection: connectionValues.nullable(),
  hostKeys,
  ownSchedule: ownSchedule.nullable(),
  drillSchedule: savedDrillSchedule.nullable(),
  retention: savedRetention,
})

const repository = z.strictObject({
  id,
  name: z.string(),
  address,
  system: systemName,
  access: accessInput,
})

const credential = z.strictObject({
  id,
  kind: credentialKind,
  label: z.string(),
  hint: z.string(),
  addedAt: time,
  usedAt: time.nullable(),
})

const target = z.strictObject({
  id,
  dir: z.string().min(1),
  usedAt: time,
  clusterId: id.nullable(),
  backupId: backupId.nullable(),
})

function unique<T extends { readonly id: string }>(record: z.ZodType<T>): z.ZodType<readonly T[]> {
  return z
    .array(record)
    .refine((records) => new Set(records.map((one) => one.id)).size === records.length, 'An id stands twice.')
}

/**
 * Schema 1 knew clusters by their repositories alone, schema 2 nothing of what is kept, schema 3 no keys of hosts without a connection,
 * schema 4 no drills on time.
 */
function eachCluster(fields: JsonObject): (document: JsonObject) => JsonObject {
  return (document) => {
    if (!Array.isArray(document['clusters'])) throw new TypeError('no clusters')
    return {
      ...document,
      clusters: document['clusters'].map((each: unknown) => {
        if (!isJsonObject(each)) throw new TypeError('no cluster')
        return { ...each, ...fields }
      }),
    }
  }
}

export const clustersKind: DocumentKind<{ readonly clusters: readonly SavedCluster[] }> = {
  file: 'clusters.json',
  schema: 5,
  steps: {
    1: eachCluster({ connection: null, ownSchedule: null }),
    2: eachCluster({ retention: { rules: null, sweepsOrphans: false, pins: [] } }),
    3: eachCluster({ hostKeys: [] }),
    4: eachCluster({ drillSchedule: null }),
  },
  body: z.strictObject({ clusters: unique(cluster) }),
  empty: { clusters: [] },
}

export const repositoriesKind: DocumentKind<{ readonly repositories: readonly SavedRepository[] }> = {
  file: 'repositories.json',
  schema: 1,
  steps: {},
  body: z.strictObject({ repositories: unique(repository) }),
  empty: { repositories: [] },
}

export const credentialsKind: DocumentKind<{ readonly credentials: readonly SavedCredential[] }> = {
  file: 'credentials.json',
  schema: 2,
  // Schema 2 only knows more kinds.
  steps: { 1: (document) => document },
  body: z.strictObject({ credentials: unique(credential) }),
  empty: { credentials: [] },
}

export const targetsKind: DocumentKind<{ readonly targets: readonly SavedTarget[] }> = {
  file: 'targets.json',
  schema: 1,
  steps: {},
  body: z.strictObject({ targets: unique(target) }),
  empty: { targets: [] },
}

export const defaultSettings: Settings = {
  theme: 'system',
  contrast: 'system',
  singleKeys: true,
  reverifyAfterDays: 30,
  drillAfterDays: 90,
  lookEveryMinutes: 15,
  maxBytesPerSecond: null,
  workers: null,
  autoLockMinutes: 15,
  auditAnchor: null,
}

export const settingsKind: DocumentKind<Settings> = {
  file: 'settings.json',
  schema: 1,
  steps: {},
  // A setting that is left out is at its default: the file may be written by hand.
  body: z.preprocess(
    (given) => (isJsonObject(given) ? { ...defaultSettings, ...given } : given),
    z.strictObject(settingsValue.shape),
  ),
  empty: defaultSettings,
}

export const looksKind: DocumentSchema<SavedLook> = {
  schema: 1,
  steps: {},
  body: z.strictObject({ id, look }),
}

export const posturesKind: DocumentSchema<SavedPosture> = {
  schema: 1,
  steps: {},
  body: z.strictObject({ id, place: z.string(), posture }),
}

export const lastAnchorKind: DocumentKind<LastAnchor> = {
  file: 'anchor.json',
  schema: 1,
  steps: {},
  body: z.strictObject({
    last: z.strictObject({ address, seq: count, at: time }).nullable(),
  }),
  empty: { last: null },
}

export const vaultKind: DocumentKind<VaultChoice> = {
  file: 'vault.json',
  schema: 1,
  steps: {},
  body: z.strictObject({ backend: z.enum(['none', ...vaultBackend.options]) }),
  empty: { backend: 'none' },
}
