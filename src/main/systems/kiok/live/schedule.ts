import type { ClusterSchedule, ClusterSetting } from '../../../../shared/contract/masters.ts'
import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { firstOffered } from '../../../engine/live/first-offered.ts'
import {
  demandDone,
  demandSuccess,
  evidenceOf,
  excerptOf,
  firstText,
  firstTime,
  objectOf,
} from '../../../engine/live/http-replies.ts'
import { nextFires } from '../../../engine/live/next-fires.ts'
import type { Session, SettingsChange } from '../../../ports/cluster-driver.ts'
import { usualDeadlineMs, type KiokApi } from './api.ts'
import { gaps } from './gaps.ts'

/** Documented (backup): `GET` tells the expression and the next time, `PUT {"cron":…}` sets it, null or "" clears it. */
const cronPath = '/api/v1/admin/backup/cron'

export async function readSchedule(api: KiokApi, { clock }: Session): Promise<ClusterSchedule> {
  const reply = await api.send({ method: 'GET', path: cronPath, deadlineMs: usualDeadlineMs })
  demandSuccess(reply, 'The schedule could not be read.')
  const answer = objectOf(reply, 'The schedule cannot be read:')
  const cron = firstText(answer, gaps.cronFields.names)
  const told = firstTime(answer, gaps.nextFireFields.names)
  const { isEnabled, target } = await readSettings(api)
  const next = cron === null ? [] : told === null ? computed(cron, clock.now()) : [told]
  return {
    state: cron === null || isEnabled === false ? 'off' : 'on',
    words: wordsOf(cron, isEnabled),
    cron,
    // No page says in which zone the expression is meant.
    zone: null,
    next: [...next],
    nextFrom: next.length === 0 ? null : told === null ? 'computed' : 'server',
    evidence: evidenceOf('GET', cronPath, reply),
    settings: [
      {
        name: 'cron',
        label: 'Backup schedule',
        help: 'Five fields of UNIX cron. The leader fires it, and never makes up for a time that it missed.',
        kind: 'cron',
        choices: [],
        value: cron,
        canChange: true,
      },
      ...(target === null ? [] : [targetSetting(target)]),
    ],
  }
}

function wordsOf(cron: string | null, isEnabled: boolean | null): string {
  if (cron === null) return 'The cluster has no schedule: it takes a backup only when somebody asks for one.'
  if (isEnabled === false) return `Its schedule is ${cron}, but backups are switched off in its settings.`
  return `The leader takes a backup at ${cron}.`
}

interface BackupSettings {
  readonly isEnabled: boolean | null
  readonly target: string | null
}

/** Whether `off` suppresses the schedule is not documented; that it is said is enough to warn. */
async function readSettings(api: KiokApi): Promise<BackupSettings> {
  const unknown = { isEnabled: null, target: null }
  const found = await firstOffered(gaps.config, (path) =>
    api.send({ method: 'GET', path, deadlineMs: usualDeadlineMs }),
  )
  if (found === null || found.reply.status !== 200) return unknown
  try {
    const told = objectOf(found.reply, 'The settings cannot be read:')
    const flag = gaps.enabledFields.names
      .map((name) => told[name])
      .find((value) => typeof value === 'boolean')
    return { isEnabled: flag ?? null, target: firstText(told, gaps.targetFields.names) }
  } catch (error) {
    if (isHoldfastError(error, 'master.badAnswer')) return unknown
    throw error
  }
}

/** Documented (backup): the default is the bucket of the job logs, anything else a stored connection by its id. */
function targetSetting(target: string): ClusterSetting {
  return {
    name: 'target',
    label: 'Target',
    help:
      target === 'default'
        ? 'The bucket of the job logs (kiok.joblog.s3.…). The repository that is saved here has to be that one.'
        : 'A stored connection of the cluster, by its id. The repository that is saved here has to be the bucket that it names.',
    kind: 'text',
    choices: [],
    value: printable(target),
    canChange: false,
  }
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

export async function changeSchedule(api: KiokApi, changes: SettingsChange): Promise<{ readonly facts: [] }> {
  const { cron, ...others } = changes
  const [other] = Object.keys(others)
  if (other !== undefined || cron === undefined) {
    throw new HoldfastError('usage', {
      what: `kiok has no setting ${JSON.stringify(other ?? '')} that can be changed over HTTP.`,
      unchanged: 'Nothing was changed.',
      next: 'Change it in the cluster’s own pages.',
    })
  }
  const reply = await api.send({
    method: 'PUT',
    path: cronPath,
    body: { cron },
    deadlineMs: usualDeadlineMs,
  })
  if (reply.status === 400) {
    throw new HoldfastError('usage', {
      what: `The cluster does not take ${JSON.stringify(cron)} as a schedule.`,
      why: `It says: ${excerptOf(reply)}`,
      unchanged: 'The schedule is as it was.',
      next: 'Mend the expression.',
    })
  }
  demandDone(reply, {
    refused: 'The schedule was not changed.',
    unknown: 'Whether the schedule was changed is not known',
  })
  return { facts: [] }
}
