import { HoldfastError } from '../../../shared/domain/error.ts'
import { done, failed } from '../../engine/runbook/outcomes.ts'
import { check } from '../../engine/runbook/steps.ts'
import type { RunbookInput, RunbookSetting, Step } from '../../ports/runbook.ts'
import { hostOf, mentionedHosts } from './cluster-hosts.ts'

export const spareHostsInput: RunbookInput = {
  name: 'hosts',
  label: 'Spare hosts',
  help: 'Where it is rehearsed, separated by blanks: none of the cluster, and none that anybody needs.',
  example: 'spare-1 spare-2',
  required: true,
  usual: '',
}

/** Throws `usage` where none is named. */
export function spareHostsOf({ inputs }: RunbookSetting): readonly string[] {
  const named = (inputs[spareHostsInput.name] ?? '').split(/[\s,]+/).filter((part) => part !== '')
  if (named.length > 0 && named.every((each) => hostOf(each) !== null)) return named
  throw new HoldfastError('usage', {
    what: 'These are no hosts to rehearse on.',
    next: 'Name them, separated by blanks, such as spare-1 spare-2.',
  })
}

/** None of them may be one that the cluster's connection mentions. */
export function notTheClusters(setting: RunbookSetting): Step {
  const hosts = spareHostsOf(setting)
  const { name, connection } = setting.cluster
  return check({
    id: 'not-production',
    section: 'before',
    title: 'Check that no host is one of the cluster’s',
    why: 'What is rehearsed stops, empties and restores: on a host that serves it would be the disaster itself.',
    look: async () => {
      if (connection === null) {
        return done(
          `How ${name} is reached is not known here, so no host could be compared: the next step does it by hand.`,
        )
      }
      const own = mentionedHosts(setting)
      const wrong = hosts.filter((each) => own.has(hostOf(each) ?? ''))
      return wrong.length > 0
        ? failed(`${wrong.join(' and ')} ${wrong.length === 1 ? 'is a host' : 'are hosts'} of ${name}.`, {
            next: 'Abandon this run, and begin a rehearsal on other hosts.',
          })
        : done(`${hosts.join(', ')}: in no part of the connection of ${name}.`)
    },
  })
}
