import { chooseBackup } from '../../../engine/runbook/choose-backup.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { demandDone } from '../../../engine/live/http-replies.ts'
import { done, notYet } from '../../../engine/runbook/outcomes.ts'
import { action, choice, manual, wait } from '../../../engine/runbook/steps.ts'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import { curlWithToken } from '../../../engine/runbook/twins.ts'
import type { Known, Outcome, Runbook, RunbookSetting, Step, StepContext } from '../../../ports/runbook.ts'
import { acceptance } from './acceptance.ts'
import { openComponents, openMasters, preparation, replacement, restoreInputs } from './ch-4.ts'
import { needed } from './ch-3.ts'
import { closing } from './closing.ts'
import { componentPath, detailsOf } from './inventory.ts'
import { mastersStopped } from './masters-stopped.ts'
import { apiOf } from './node-lists.ts'
import { siteOf, type Site } from './site.ts'
import { storesLost } from './stores-lost.ts'

const kiokData = 'kiok.data'

export const x5: Runbook = {
  id: 'X-5',
  system: 'chango',
  title: 'Restore chango and the kiok that it hosts',
  when: 'chango is lost, and it runs a kiok cluster.',
  costs: [
    'Everything that changed in chango after its backup is lost, and in kiok what changed after its own.',
    'Workflows stand still until kiok runs again.',
  ],
  inputs: [
    {
      name: 'kiok',
      label: 'kiok cluster',
      help: 'As chango calls it.',
      example: 'kiok-prod',
      required: true,
      usual: '',
    },
    ...restoreInputs,
  ],
  steps: (setting) => {
    const site = siteOf(setting)
    const kiok = kiokIn(setting)
    const lock = hostLock(site.hosts)
    return [
      ...lock.takeIt,
      manual({
        id: 'both-keys',
        section: 'before',
        title: 'Have both master keys',
        why: 'chango’s metadata holds kiok’s key sealed; where both copies are gone kiok’s backups are gone as well.',
        does: [
          'See that the vault holds chango’s master key and kiok’s.',
          'X-3 says where a key may still be found.',
        ],
        skip: 'nobody',
      }),
      choice({
        id: 'kiok-data',
        section: 'before',
        title: 'Say whether kiok’s own data is there',
        why: 'Where its data folder is whole, kiok is started and never restored.',
        touches: `${site.components} on the host of its node manager.`,
        options: async () =>
          Promise.resolve([
            {
              id: 'whole',
              label: 'Its data folder is whole',
              says: ['kiok is started with the data that it has; nothing of it is lost.'],
              notPossible: null,
              advised: false,
              learnt: { [kiokData]: 'whole' },
            },
            {
              id: 'lost',
              label: 'Its data folder is lost',
              says: ['kiok is started empty, then restored by KI-3 from its step 7 on.'],
              notPossible: null,
              advised: false,
              learnt: { [kiokData]: 'lost' },
            },
          ]),
      }),
      mastersStopped(site, {
        id: 'masters-stopped',
        section: 'before',
        title: 'Prove that every master of chango is stopped',
      }),
      ...preparation(site, chooseBackup(), [storesLost(site)]),
      ...replacement(site),
      ...openMasters(site),
      ...openComponents(site, ({ kind }) => kind === 'kiok'),
      ...startKiok(kiok, site),
      ...restoreKiok(kiok),
      ...acceptance(site),
      ...closing(site, lock.giveItBack),
    ]
  },
}

/** Throws `usage`. */
function kiokIn({ inputs }: RunbookSetting): string {
  const id = (inputs['kiok'] ?? '').trim()
  if (/^[\w.-]+$/.test(id)) return id
  throw new HoldfastError('usage', {
    what: `The kiok cluster is not named: ${JSON.stringify(id)}.`,
    unchanged: 'Nothing was begun.',
    next: 'Give the name that chango has for it.',
  })
}

function startKiok(kiok: string, site: Site): readonly Step[] {
  const state = async (context: StepContext): Promise<Outcome> => {
    const { status } = await detailsOf('kiok', kiok, await apiOf(site, context))
    return status === 'RUNNING' ? done(`${kiok} is RUNNING.`) : notYet(`${kiok} is ${status}.`)
  }
  return [
    action({
      id: 'start-kiok',
      section: 'restore',
      title: `Start ${kiok}`,
      why: 'chango gives it its key; kiok’s own start scripts would run it without.',
      touches: `Starts ${kiok}.`,
      twin: curlWithToken('-X', 'POST', `MASTER${componentPath('kiok', kiok)}/start`),
      damage: 1,
      act: async (context) => {
        const api = await apiOf(site, context)
        const before = await detailsOf('kiok', kiok, api)
        if (before.status === 'UNKNOWN') return unknownKiok(kiok)
        const reply = await api.send({
          method: 'POST',
          path: `${componentPath('kiok', kiok)}/start`,
          deadlineMs: 11 * 60_000,
        })
        demandDone(reply, {
          refused: `${kiok} was not started.`,
          unknown: `Whether ${kiok} was started is not known`,
        })
        return done(`${kiok} was started.`)
      },
      look: async (context) => {
        const seen = await state(context)
        if (seen.state === 'done') return seen
        const { status } = await detailsOf('kiok', kiok, await apiOf(site, context))
        return status === 'STARTING' ? done(`${kiok} is STARTING.`) : seen
      },
    }),
    wait({
      id: 'kiok-runs',
      section: 'restore',
      title: `Wait until ${kiok} runs`,
      why: 'Its own pages answer then, on port 18400 where chango has installed it.',
      atMostMs: 300_000,
      look: state,
    }),
  ]
}

/** Documented (newer pages): another key than the one it had is refused with 400. */
function unknownKiok(kiok: string): Outcome {
  return {
    state: 'failed',
    sentence: `chango does not know ${kiok}: its backup may be older than the installation of kiok.`,
    evidence: [],
    next: 'Install it again in chango with the same masterKey (or retiredKeyRef); another key is refused with 400. Then do this step again.',
  }
}

function restoreKiok(kiok: string): readonly Step[] {
  const dataIsThere = (known: Known) =>
    known.get(kiokData) === 'lost' ? null : 'kiok has its own data: it is not restored.'
  return [
    needed(
      manual({
        id: 'kiok-bucket',
        section: 'restore',
        title: 'Give kiok its bucket again',
        why: 'Where its backups lie was in the data that is lost.',
        does: [
          `In chango: the configuration of ${kiok}, properties kiok.joblog.s3.* (endpoint, region, bucket, keys) and kiok.backup.s3.prefix. It restarts with them.`,
          'No backup of kiok before its restore: an empty one would become the newest.',
        ],
      }),
      dataIsThere,
    ),
    needed(
      manual({
        id: 'restore-kiok',
        section: 'restore',
        title: 'Restore kiok by KI-3, from its step 7 on',
        why: 'chango is restored first; kiok’s own restore follows with kiok’s own acceptance sheet.',
        does: [
          `Begin KI-3 on the cluster ${kiok} in this console, with “chango” as who starts its masters: they run already.`,
          'Its hosts there are those of its node manager, and its ports those that chango gave it (18400 for its pages).',
        ],
        asks: { label: 'Which run restored it', learns: 'kiok.run' },
      }),
      dataIsThere,
    ),
  ]
}
