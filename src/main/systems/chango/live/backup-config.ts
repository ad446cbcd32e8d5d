import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import type { JsonObject } from '../../../../shared/domain/strict-json.ts'
import {
  demandDone,
  demandSuccess,
  evidenceOf,
  firstText,
  firstTime,
  objectOf,
} from '../../../engine/live/http-replies.ts'
import type { ClusterSchedule, ClusterSetting } from '../../../../shared/contract/masters.ts'
import { nextFires } from '../../../engine/live/next-fires.ts'
import type { Fact, Session, SettingsChange } from '../../../ports/cluster-driver.ts'
import { firstOffered } from '../../../engine/live/first-offered.ts'
import { usualDeadlineMs, type ChangoApi } from './api.ts'
import type { ChangoConnection } from './connection.ts'
import { gaps } from './gaps.ts'
import { placeIn, writeWhole } from './write-whole.ts'

/**
 * The cluster's own settings of its backups. The newer dialect (pages of August 2026) answers flat keys `backup.…` and merges
 * what is posted; of the older one only a `PUT` of everything, secrets included, is documented (`writeWhole`).
 */
export interface BackupConfig {
  readonly dialect: 'chango/1' | 'chango/2'
  readonly values: JsonObject
  readonly evidence: string
}

const path = '/admin/api/backup/config'

/** Null where the masters have no such route to read. */
export async function readConfig(api: ChangoApi): Promise<BackupConfig | null> {
  const found = await firstOffered(gaps.config, (each) =>
    api.send({ method: 'GET', path: each, deadlineMs: usualDeadlineMs }),
  )
  if (found === null) return null
  demandSuccess(found.reply, 'The settings of backups could not be read.')
  const values = objectOf(found.reply, 'The settings of backups cannot be read:')
  const isNewer = Object.keys(values).some((name) => name.startsWith('backup.'))
  return {
    dialect: isNewer ? 'chango/2' : 'chango/1',
    values,
    evidence: evidenceOf('GET', found.path, found.reply),
  }
}

/** First 16 hex digits of the SHA-256 that the newer dialect records in every archive; null where it says none. */
export function recordedFingerprint({ values }: BackupConfig): string | null {
  return firstText(values, ['backup.masterKeyFingerprint'])
}

export async function readSchedule(
  api: ChangoApi,
  { clock }: Session,
  connection: ChangoConnection,
): Promise<ClusterSchedule> {
  const config = await readConfig(api)
  if (config === null) {
    return {
      state: 'unknown',
      words: 'These masters offer no way to read their schedule; their own pages show it.',
      cron: null,
      zone: null,
      next: [],
      nextFrom: null,
      evidence: null,
      settings: [],
    }
  }
  const { values, dialect } = config
  const cron = firstText(values, gaps.cronFields.names)
  const told = firstTime(values, ['backup.cron.nextFireTime'])
  const next = cron === null ? [] : told === null ? computed(cron, clock.now()) : [told]
  return {
    state: cron === null ? 'off' : 'on',
    words:
      cron === null
        ? 'The cluster has no schedule: it takes a backup only when somebody asks for one.'
        : `The leader takes a backup at ${cron}.${retentionWords(values)}`,
    cron,
    // No page says in which zone the expression is meant.
    zone: null,
    next: [...next],
    nextFrom: next.length === 0 ? null : told === null ? 'computed' : 'server',
    evidence: config.evidence,
    settings:
      dialect === 'chango/2'
        ? settingsOf(values, true)
        : olderSettings(cron, connection.clusterKeys !== null && placeIn(config) !== null, values),
  }
}

function retentionWords(values: JsonObject): string {
  const days = daysIn(values)
  if (days === null) return ''
  if (days === '0') return ' It keeps all of them.'
  return ` After each success it deletes those older than ${days} days.`
}

function daysIn(values: JsonObject): string | null {
  const days = values['backup.retention.days']
  return typeof days === 'number' || typeof days === 'string' ? String(days) : null
}

/** An expression that this console does not understand has no times here; the server may understand it. */
function computed(cron: string, nowMs: number): readonly string[] {
  try {
    return nextFires(cron, 'UTC', nowMs, 3)
  } catch (error) {
    if (isHoldfastError(error, 'usage')) return []
    throw error
  }
}

const sseChoices = [
  { value: 'AES256', label: 'Ask the bucket to encrypt (AES256)' },
  { value: 'none', label: 'Do not ask' },
]

/** Keys of the newer dialect (features/backup, table of settings). */
function settingsOf(values: JsonObject, canChange: boolean): ClusterSetting[] {
  const setting = (
    name: string,
    label: string,
    help: string,
    kind: ClusterSetting['kind'],
    change: boolean,
  ): ClusterSetting => ({
    name,
    label,
    help,
    kind,
    choices: kind === 'choice' ? sseChoices : [],
    value: name === 'backup.retention.days' ? daysIn(values) : firstText(values, [name]),
    canChange: canChange && change,
  })
  const place =
    'Where the cluster puts its backups. Changed here it would no longer be the repository that is saved.'
  const all = [
    setting('backup.cron', 'Backup schedule', 'Five fields of UNIX cron; the leader runs it.', 'cron', true),
    setting(
      'backup.retention.days',
      'Keep for days',
      'After a successful upload the cluster deletes what is older; 0 keeps everything.',
      'days',
      true,
    ),
    setting(
      'backup.s3.sse',
      'Encryption at rest',
      'A bucket that cannot do it refuses the upload (MinIO without a key service 501, Ceph RGW without TLS or a key service 400); the cluster never tries without by itself.',
      'choice',
      true,
    ),
    setting('backup.s3.endpoint', 'Endpoint', place, 'text', false),
    setting('backup.s3.bucket', 'Bucket', place, 'text', false),
    setting('backup.s3.object-prefix', 'Prefix', place, 'text', false),
  ]
  const key = firstText(values, ['backup.s3.secret-key', 'secretKey'])
  const secret: ClusterSetting = {
    name: 'backup.s3.secret-key',
    label: 'S3 secret key',
    help: 'Kept by the cluster; it tells nobody, and nothing here changes it.',
    kind: 'secret',
    choices: [],
    value: key === null ? null : 'set',
    canChange: false,
  }
  return [...all.filter(({ value, canChange: change }) => value !== null || change), secret]
}

/** Of the older dialect the schedule alone is written; the keys of the others are shown as they are told. */
function olderSettings(cron: string | null, canWrite: boolean, values: JsonObject): ClusterSetting[] {
  const shown = placeIn({ values })
  return [
    {
      name: 'backup.cron',
      label: 'Backup schedule',
      help: canWrite
        ? 'Five fields of UNIX cron. It is written with all other settings as they are, and with the S3 keys of the connection.'
        : 'Five fields of UNIX cron. It is written only with all other settings: they have to be told, and the connection has to name the S3 keys that the cluster uses.',
      kind: 'cron',
      choices: [],
      value: cron,
      canChange: canWrite,
    },
    ...Object.entries(shown ?? {}).map(([name, value]): ClusterSetting => ({
      name,
      label: olderLabels[name] ?? name,
      help: 'Where the cluster puts its backups.',
      kind: 'text',
      choices: [],
      value: printable(value),
      canChange: false,
    })),
  ]
}

const olderLabels: Readonly<Record<string, string>> = {
  endpoint: 'Endpoint',
  region: 'Region',
  bucket: 'Bucket',
  prefix: 'Prefix',
}

/** Of the newer dialect only what changes is posted: it merges, so secrets stay as they are (features/backup, "merge update"). */
export async function writeConfig(
  api: ChangoApi,
  changes: SettingsChange,
  session: Session,
  connection: ChangoConnection,
): Promise<{ readonly facts: readonly Fact[] }> {
  const config = await readConfig(api)
  if (config === null) {
    throw new HoldfastError('usage', {
      what: 'The settings of this chango cannot be changed from here.',
      why: 'Its masters offer no way to read them, and what is not written back is blanked.',
      unchanged: 'Nothing was changed.',
      next: 'Change them in the cluster’s own pages.',
    })
  }
  if (config.dialect === 'chango/1') {
    return writeWhole(config, changes, { api, session, connection }, async () => readConfig(api))
  }
  const changeable = new Set(
    settingsOf(config.values, true)
      .filter(({ canChange }) => canChange)
      .map(({ name }) => name),
  )
  const other = Object.keys(changes).find((name) => !changeable.has(name))
  if (other !== undefined) {
    throw new HoldfastError('usage', {
      what: `${JSON.stringify(other)} is no setting that is changed from here.`,
      unchanged: 'Nothing was changed.',
      next: 'Change it in the cluster’s own pages.',
    })
  }
  const body = Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, value ?? '']))
  const reply = await api.send({ method: 'POST', path, body, deadlineMs: usualDeadlineMs })
  demandDone(reply, {
    refused: 'The settings were not changed.',
    unknown: 'Whether the settings were changed is not known',
  })
  return { facts: [] }
}
