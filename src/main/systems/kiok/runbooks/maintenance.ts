import { demandDone, demandSuccess, objectOf } from '../../../engine/live/http-replies.ts'
import { done, notYet } from '../../../engine/runbook/outcomes.ts'
import { action } from '../../../engine/runbook/steps.ts'
import type { ActionStep, Outcome, StepContext } from '../../../ports/runbook.ts'
import { openApi, usualDeadlineMs } from '../live/api.ts'
import { curl } from './curl.ts'
import type { KiokSite } from './site.ts'

const path = '/api/v1/admin/maintenance'

/** Known where somebody else had switched it on before. */
const wasOn = 'maintenance.wasOn'

/** Newer than most servers (cluster-maintenance, 2026-09): 404 is a version without it. */
export function maintenanceOn(site: KiokSite): ActionStep {
  return action({
    id: 'maintenance-on',
    section: 'restore',
    title: 'Switch maintenance on',
    why: 'A scheduler that runs during a restore starts runs of DAGs that are about to be replaced.',
    touches:
      'The whole cluster: nothing is scheduled, dispatched or synchronised. Its backup schedule goes on.',
    undo: 'It is switched off again where this run has switched it on; the restore sets it to what the backup had.',
    twin: curl(site, 'POST', path, '"{\\\\"enabled\\\\":true}"'),
    damage: 1,
    act: async (context) =>
      (await read(site, context)) === true
        ? done('Maintenance was on already.', { learnt: { [wasOn]: 'yes' } })
        : set(true, site, context),
    look: async (context) => {
      const state = await read(site, context)
      if (state === null) return none()
      return state ? done('Maintenance is on.') : notYet('Maintenance is off.')
    },
    takeBack: async (context) =>
      context.known.get(wasOn) === 'yes'
        ? done('Maintenance was on before this run, and stays on.')
        : set(false, site, context),
  })
}

/** Null: this version has none. */
export async function read(site: KiokSite, { session }: StepContext): Promise<boolean | null> {
  const api = await openApi(session, site.connection)
  const reply = await api.send({ method: 'GET', path, deadlineMs: usualDeadlineMs })
  if (reply.status === 404) return null
  demandSuccess(reply, 'Whether maintenance is on could not be read.')
  const answer = objectOf(reply, 'Whether maintenance is on cannot be read:')
  return ['enabled', 'maintenanceMode', 'maintenance'].some((name) => answer[name] === true)
}

export async function set(enabled: boolean, site: KiokSite, context: StepContext): Promise<Outcome> {
  if ((await read(site, context)) === null) return none()
  const api = await openApi(context.session, site.connection)
  const reply = await api.send({ method: 'POST', path, body: { enabled }, deadlineMs: usualDeadlineMs })
  demandDone(reply, {
    refused: 'Maintenance was not switched.',
    unknown: 'Whether maintenance was switched is not known',
  })
  return done(`Maintenance is ${enabled ? 'on' : 'off'}.`)
}

function none(): Outcome {
  return done('This version of kiok has no maintenance mode: the scheduler goes on.')
}
