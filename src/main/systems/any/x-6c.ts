import { manual } from '../../engine/runbook/steps.ts'
import type { Runbook, RunbookSetting, Step } from '../../ports/runbook.ts'
import { notTheClusters, spareHostsInput, spareHostsOf } from './spare-hosts.ts'

const disasterInput = 'disaster'

/** People and words: how long it takes from the alarm to the right step, measured by this run itself. */
export const gameDay: Runbook = {
  id: 'X-6C',
  system: null,
  title: 'Game day: rehearse with the people',
  when: 'Nothing is wrong, and it shall be known whether people are reached, find the right runbook, and have what it takes.',
  costs: [],
  inputs: [
    {
      name: disasterInput,
      label: 'What is said to have happened',
      help: 'A sentence, as an alarm would say it. It is kept in the report.',
      example: 'The disks of all masters are gone.',
      required: true,
      usual: '',
    },
    spareHostsInput,
  ],
  steps,
}

function steps(setting: RunbookSetting): readonly Step[] {
  const { name } = setting.cluster
  const hosts = spareHostsOf(setting).join(', ')
  const disaster = setting.inputs[disasterInput] ?? ''
  return [
    notTheClusters(setting),
    manual({
      id: 'announce',
      section: 'before',
      title: 'Say to whom it matters that it is a rehearsal',
      why: 'A rehearsal that somebody takes for the real thing is a disaster of its own.',
      does: [
        'Agree on a word that ends it at once, and on who says it.',
        `Agree that nobody touches ${name}: what is done is done on ${hosts}, or only said.`,
      ],
      skip: 'nobody',
    }),
    manual({
      id: 'alarm',
      section: 'before',
      title: 'Give the alarm',
      why: 'From here on the time counts: this run keeps when each step was done.',
      does: [`“${disaster}”`, 'By the way that a real one takes, to whoever is on call now.'],
      asks: { label: 'Who was reached', learns: 'game.reached' },
    }),
    manual({
      id: 'runbook',
      section: 'restore',
      title: 'Find the runbook',
      why: 'The questions of this console have to lead a tired person to the right one.',
      does: [
        'Whoever is on call answers the questions under Runbooks, and says which runbook they would begin.',
      ],
      asks: { label: 'Which one was found', learns: 'game.runbook' },
    }),
    manual({
      id: 'access',
      section: 'restore',
      title: 'Get at the secrets and at the hosts',
      why: 'Most of the time of a recovery goes where somebody has no key.',
      does: [
        'Unlock the vault, and show that the master key opens the newest backup: holdfast key-check.',
        `Log in to ${hosts} with the access that is kept for an emergency.`,
      ],
      asks: { label: 'What was missing', learns: 'game.missing' },
    }),
    manual({
      id: 'steps',
      section: 'restore',
      title: 'Go through the steps of the runbook aloud',
      why: 'A step that nobody can do is found here, and not at night.',
      does: [
        'Each step is said by whoever would do it, with the host and the command.',
        'How long the bytes take is no guess: a drill, or X-6B on the spare hosts, measures it before or after this run.',
      ],
      asks: { label: 'Steps that nobody could say how to do', learns: 'game.unclear' },
    }),
    manual({
      id: 'sheet',
      section: 'after',
      title: 'Go through the acceptance sheet aloud',
      why: 'Who may open the cluster to users again has to be known before.',
      does: ['Say for each row who looks, where, and who signs.'],
      asks: { label: 'Who would sign', learns: 'game.signs' },
    }),
    manual({
      id: 'over',
      section: 'after',
      title: 'End it, and write down what is to be mended',
      why: 'What is found and not written down is found again when it is real.',
      does: ['Say to everybody that it is over.', `Remove what was put onto ${hosts}.`],
      asks: { label: 'What is to be mended, and by whom', learns: 'game.lessons' },
      skip: 'nobody',
    }),
  ]
}
