import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { countOf } from '../../../../shared/domain/size-words.ts'
import { demandDone, evidenceOf } from '../../../engine/live/http-replies.ts'
import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import { action, wait } from '../../../engine/runbook/steps.ts'
import { curlWithToken } from '../../../engine/runbook/twins.ts'
import type { Outcome, Step, StepContext } from '../../../ports/runbook.ts'
import { componentPath, detailsOf, inventoryOf, type Component } from './inventory.ts'
import { apiOf } from './node-lists.ts'
import type { Site } from './site.ts'

/** A start is forwarded to the leader and waited for up to 600 s (documented, leader-forward). */
const startDeadlineMs = 11 * 60_000

/** Every component cluster is started again (documented, backup); a start of what runs does nothing (documented, component-operations). */
export function startComponents(
  site: Site,
  except: (component: Component) => boolean = () => false,
): readonly Step[] {
  const wanted = async (context: StepContext): Promise<readonly Component[]> =>
    (await inventoryOf(site, context)).filter((component) => !except(component))
  return [
    action({
      id: 'start-components',
      section: 'restore',
      title: 'Start the components, one cluster after another',
      why: 'The masters do not start them by themselves after a restore; their data is where it was.',
      touches: 'Starts every component cluster of the inventory that does not run.',
      twin: curlWithToken('-X', 'POST', 'MASTER/admin/api/COMPONENT/ID/start'),
      damage: 0,
      skip: 'operator',
      act: async (context) => {
        const api = await apiOf(site, context)
        const wrong: string[] = []
        for (const component of await wanted(context)) {
          const name = `${component.kind} ${component.id}`
          if (isUp(component)) {
            context.line('info', `${name} is ${component.status}.`)
            continue
          }
          const path = `${componentPath(component.kind, component.id)}/start`
          try {
            const reply = await api.send({ method: 'POST', path, deadlineMs: startDeadlineMs })
            demandDone(reply, {
              refused: `${name} was not started.`,
              unknown: `Whether ${name} was started is not known`,
            })
            const { status } = await detailsOf(component.kind, component.id, api)
            context.line('info', `${name} was started and is ${status} (${evidenceOf('POST', path, reply)}).`)
          } catch (error) {
            if (!isHoldfastError(error) || error.code === 'cancelled') throw error
            wrong.push(name)
            context.line('error', error.message)
          }
        }
        if (wrong.length > 0) {
          return failed(`Not started: ${wrong.join(', ')}.`, {
            next: 'Each line above says why. Mend it and do this step again: what runs is left alone.',
          })
        }
        return asked(await wanted(context))
      },
      look: async (context) => asked(await wanted(context)),
    }),
    wait({
      id: 'components-run',
      section: 'restore',
      title: 'Wait until the components run',
      why: 'A start that was accepted may still fail on its host.',
      touches: 'Asks the masters for each component.',
      atMostMs: 600_000,
      everyMs: 5_000,
      skip: 'operator',
      look: async (context) => {
        const components = await wanted(context)
        const waiting = components.filter(({ status }) => status !== 'RUNNING')
        const evidence = components.map(({ kind, id, status }) => ({ name: `${kind} ${id}`, value: status }))
        return waiting.length === 0
          ? done(`${countOf(components.length, 'component cluster')} run.`, { evidence })
          : notYet(
              `Not running: ${waiting.map(({ kind, id, status }) => `${kind} ${id} (${status})`).join(', ')}.`,
              {
                evidence,
                next: 'Its log on its host says why. Pass over this with a reason where it is not needed now.',
              },
            )
      },
    }),
  ]
}

function isUp({ status }: Component): boolean {
  return status === 'RUNNING' || status === 'STARTING'
}

function asked(components: readonly Component[]): Outcome {
  const left = components.filter((component) => !isUp(component))
  return left.length === 0
    ? done(`${countOf(components.length, 'component cluster')} started.`)
    : notYet(`Not started: ${left.map(({ kind, id, status }) => `${kind} ${id} (${status})`).join(', ')}.`)
}
