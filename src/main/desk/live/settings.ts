import { createHash } from 'node:crypto'
import type { ClusterSchedule, ClusterSetting } from '../../../shared/contract/masters.ts'
import { canonicalJson } from '../../../shared/domain/canonical-json.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { nextFires } from '../../engine/live/next-fires.ts'
import type { Session, SettingsChange } from '../../ports/cluster-driver.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import { checkMode } from '../confirm.ts'
import type { Desk } from '../desk.ts'
import { savedCluster } from '../saved.ts'
import type { DeskPorts } from '../ports.ts'
import { connectedCluster } from './healths.ts'
import { openSession } from './open-session.ts'

export interface SettingsPreview {
  readonly hash: string
  readonly rows: {
    name: string
    label: string
    before: string | null
    after: string | null
  }[]
  readonly effects: string[]
  readonly next: string[]
}

/** What a change of the cluster's own settings would come to, by what they are now. Changes nothing. */
export async function previewSettings(
  cluster: SavedCluster,
  changes: SettingsChange,
  ports: DeskPorts,
  signal: AbortSignal,
): Promise<SettingsPreview> {
  const { live } = await connectedCluster(cluster)
  return inSession(cluster, ports, signal, async (session) =>
    preview(cluster, changes, await live.schedule(session), ports.clock.now()),
  )
}

/** Writes exactly what was previewed; settings that were changed by somebody else meanwhile are `plan.changed`. */
export async function writeSettings(
  input: {
    readonly id: string
    readonly changes: SettingsChange
    readonly hash: string
    readonly reason?: string | undefined
  },
  desk: Desk,
  signal: AbortSignal,
): Promise<ClusterSchedule> {
  const cluster = savedCluster(input.id, desk.state)
  const reason = input.reason ?? null
  checkMode(cluster, reason)
  const { live } = await connectedCluster(cluster)
  const { changeSettings } = live
  if (changeSettings === null) throw notChangeable(cluster.system)
  return inSession(cluster, desk, signal, async (session) => {
    const now = preview(cluster, input.changes, await live.schedule(session), desk.clock.now())
    if (now.hash !== input.hash) {
      throw new HoldfastError('plan.changed', {
        what: `The settings of ${cluster.name} are not those that the preview showed.`,
        why: 'Somebody changed them meanwhile.',
        unchanged: 'Nothing was changed.',
        next: 'Look at the preview again.',
      })
    }
    await desk.audit.append({
      action: 'settings.changed',
      subject: cluster.name,
      facts: now.rows.map(({ name, before, after }) => ({
        name,
        value: `${before ?? 'none'} → ${after ?? 'none'}`,
      })),
      reason,
    })
    await changeSettings(session, input.changes)
    return live.schedule(session)
  })
}

async function inSession<T>(
  cluster: SavedCluster,
  ports: DeskPorts,
  signal: AbortSignal,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = openSession(cluster, 'settings', ports, signal)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

function preview(
  cluster: SavedCluster,
  changes: SettingsChange,
  { settings, zone }: ClusterSchedule,
  nowMs: number,
): SettingsPreview {
  const rows = Object.entries(changes).flatMap(([name, after]) => {
    const setting = demandSetting(settings, name, cluster)
    return setting.value === after
      ? []
      : [{ name, label: setting.label, before: setting.value, after, setting }]
  })
  if (rows.length === 0) {
    throw new HoldfastError('usage', {
      what: 'This changes nothing.',
      unchanged: 'Nothing was changed.',
      next: 'Change a value first.',
    })
  }
  const cron = rows.find(({ setting }) => setting.kind === 'cron')
  const next = cron === undefined || cron.after === null ? [] : nextFires(cron.after, zone ?? 'UTC', nowMs, 3)
  const shown = rows.map(({ name, label, before, after }) => ({ name, label, before, after }))
  return {
    hash: createHash('sha256')
      .update(canonicalJson({ cluster: cluster.id, rows: shown }), 'utf8')
      .digest('hex'),
    rows: shown,
    effects: rows.flatMap(({ setting, before, after }) => effectOf(setting, before, after, cluster, zone)),
    next: [...next],
  }
}

function effectOf(
  { kind }: ClusterSetting,
  before: string | null,
  after: string | null,
  cluster: SavedCluster,
  zone: string | null,
): readonly string[] {
  if (kind === 'cron' && after === null) {
    const ours = cluster.ownSchedule === null ? 'Nobody takes' : 'Only this console takes'
    return [`The cluster takes no backups on time any more. ${ours} them then.`]
  }
  if (kind === 'cron' && zone === null) {
    return ['Nothing says in which zone the cluster means these times; they are computed in UTC.']
  }
  if (kind === 'days') {
    const isSooner =
      after !== null && after !== '0' && (before === null || before === '0' || Number(after) < Number(before))
    return isSooner
      ? [`After its next successful backup the cluster deletes backups older than ${after} days.`]
      : ['The cluster keeps backups longer than before.']
  }
  return []
}

function demandSetting(
  settings: readonly ClusterSetting[],
  name: string,
  cluster: SavedCluster,
): ClusterSetting {
  const setting = settings.find((each) => each.name === name)
  if (setting?.canChange === true) return setting
  throw new HoldfastError('usage', {
    what: `${JSON.stringify(name)} is no setting of ${cluster.name} that can be changed from here.`,
    unchanged: 'Nothing was changed.',
    next: 'Look at its settings again.',
  })
}

function notChangeable(system: string): HoldfastError {
  return new HoldfastError('usage', {
    what: `${system} has no settings of its backups that can be changed from here.`,
    unchanged: 'Nothing was changed.',
    next: 'Give this console a schedule of its own for it.',
  })
}
