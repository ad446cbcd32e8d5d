import { countOf } from '../../../../shared/domain/size-words.ts'
import { listOf } from '../../../engine/live/http-replies.ts'
import { done, failed, unknown } from '../../../engine/runbook/outcomes.ts'
import { check } from '../../../engine/runbook/steps.ts'
import type { CheckStep, Known, StepContext } from '../../../ports/runbook.ts'
import { openApi, usualDeadlineMs } from '../live/api.ts'
import { readSchedule } from '../live/schedule.ts'
import type { KiokSite } from './site.ts'

/** What of a cluster's contents can be counted over its documented routes; null: it did not say. */
export interface Contents {
  readonly dags: number | null
  readonly connections: number | null
  readonly cron: string | null
}

/** Throws what the login throws; a list that cannot be read is null. */
export async function readContents(site: KiokSite, { session }: StepContext): Promise<Contents> {
  const api = await openApi(session, site.connection)
  const count = async (path: string, names: readonly string[]): Promise<number | null> => {
    const reply = await api.send({ method: 'GET', path, deadlineMs: usualDeadlineMs })
    return reply.status === 200 ? listOf(reply, `GET ${path} cannot be read:`, names).length : null
  }
  return {
    dags: await count('/api/v1/dags', ['dags', 'items']),
    connections: await count('/api/v1/connections', ['connections', 'items']),
    cron: (await readSchedule(api, session)).cron,
  }
}

export function contentsWords({ dags, connections, cron }: Contents): string {
  const counted = (value: number | null, noun: string): string =>
    value === null ? `${noun}s unknown` : countOf(value, noun)
  return `${counted(dags, 'DAG')}, ${counted(connections, 'connection')}, ${cron === null ? 'no backup schedule' : `backup schedule ${cron}`}`
}

/** So that what the restore changes can be told from what was there. */
export function contentsBefore(site: KiokSite): CheckStep {
  return check({
    id: 'contents-before',
    section: 'restore',
    title: 'Count what is there before the restore',
    why: 'The end of a restore is seen by what has changed.',
    touches: 'Reads the DAGs, the connections and the backup schedule.',
    look: async (context) => {
      if (context.known.has(beforeName)) return done('It was counted before the restore.')
      const contents = await readContents(site, context)
      return done(`${contentsWords(contents)}.`, { learnt: { [beforeName]: JSON.stringify(contents) } })
    },
  })
}

/** Of masters that somebody else has started: a restore is for those that came up with nothing. */
export function stillEmpty(site: KiokSite): CheckStep {
  return check({
    id: 'still-empty',
    section: 'restore',
    title: 'See that it holds nothing yet',
    why: 'A kiok that has its data is not restored: an older state would be put over it.',
    touches: 'Reads the DAGs, the connections and the backup schedule.',
    look: async (context) => {
      if (context.known.has(beforeName)) return done('It was empty before the restore.')
      const contents = await readContents(site, context)
      const evidence = [{ name: 'contents', value: contentsWords(contents) }]
      if (contents.dags === null || contents.connections === null)
        return unknown('Not everything could be counted.', { evidence })
      return contents.dags + contents.connections === 0
        ? done('It holds no DAG and no connection.', { evidence })
        : failed(`It holds ${contentsWords(contents)}.`, {
            evidence,
            next: 'Close this run. Where its data is right nothing is to be done; where it is wrong, begin KI-4.',
          })
    },
  })
}

const beforeName = 'contents.before'

/** Whether what is counted now differs from before; null where it was never counted. */
export function hasChanged(now: Contents, known: Known): boolean | null {
  const before = known.get(beforeName)
  return before === undefined ? null : before !== JSON.stringify(now)
}

export function contentsAfter(site: KiokSite): CheckStep {
  return check({
    id: 'accept-content',
    section: 'accept',
    title: 'Count DAGs and connections',
    why: 'A restore that brought an empty cluster back is none.',
    touches: 'Reads the DAGs, the connections and the backup schedule.',
    look: async (context) => {
      const contents = await readContents(site, context)
      const evidence = [{ name: 'contents', value: contentsWords(contents) }]
      if (contents.dags === null || contents.connections === null)
        return unknown('Not everything could be counted.', { evidence })
      if (contents.dags === 0 && contents.connections === 0) {
        return failed('The cluster holds no DAG and no connection.', {
          evidence,
          next: 'That is an empty cluster: look which backup was restored, and restore the right one. Where the cluster was empty before, except the row.',
        })
      }
      return done(`${contentsWords(contents)}.`, { evidence })
    },
  })
}
