import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import { onEachHost } from '../../../engine/runbook/on-host.ts'
import { probesSay } from '../../../engine/runbook/probes.ts'
import { check, manual } from '../../../engine/runbook/steps.ts'
import type { Step } from '../../../ports/runbook.ts'
import { changoDriver } from '../live/driver.ts'
import { readSchedule } from '../live/backup-config.ts'
import { contentIsThere, inventoryName, nodeManagersSay, nothingStray } from './content.ts'
import { gatesOpen } from './gate.ts'
import { inventoryOf } from './inventory.ts'
import { pidsOn } from './master-process.ts'
import { apiOf, listMasters } from './node-lists.ts'
import type { Site } from './site.ts'

const section = 'accept'

/** The sheet of chango, row by row; what no probe can tell is asked of a person by name. */
export function acceptance(site: Site): readonly Step[] {
  const who = (what: string) => `Who looked, and what was found: ${what}`
  return [
    manual({
      id: 'accept-access',
      section,
      title: 'Users and keys that were revoked after the backup',
      why: 'The restore brings them back to life.',
      does: [
        'Compare the users, access keys and groups with what was revoked since the backup.',
        'Revoke again what must not be, and end its sessions.',
      ],
      asks: { label: who('what was revoked again'), learns: 'accept.access' },
    }),
    check({
      id: 'accept-processes',
      section,
      title: 'Every master runs',
      why: 'Row 1: ports and processes.',
      touches: 'Process files on every host.',
      look: async (context) =>
        onEachHost(site.hosts, context, async (host) => {
          const running = await pidsOn(host, 'master', site, context)
          return running.length > 0
            ? done(`The master on ${host.address} runs as process ${running.join(', ')}.`)
            : failed(`No master runs on ${host.address}.`)
        }),
    }),
    check({
      id: 'accept-ready',
      section,
      title: 'Every master serves',
      why: 'Row 2: each gate is open.',
      look: async (context) => gatesOpen(site.config.masters.length, site, context),
    }),
    check({
      id: 'accept-members',
      section,
      title: 'One leader, and every node manager',
      why: 'Row 3: two leaders would be two clusters.',
      look: async (context) => {
        const { leaders, ready, all, sentence, evidence } = await listMasters(site, context)
        if (leaders.length !== 1 || ready.length < all.length) return notYet(sentence, { evidence })
        const managers = await nodeManagersSay(site, context)
        return {
          ...managers,
          sentence: `${sentence} ${managers.sentence}`,
          evidence: [...evidence, ...managers.evidence],
        }
      },
    }),
    check({
      id: 'accept-login',
      section,
      title: 'The login works',
      why: 'Row 4: with the password of the time of the backup, and without being asked to change it.',
      look: async (context) => {
        const { evidence } = await listMasters(site, context)
        return done('The login of the connection is accepted, and no change of its password is asked for.', {
          evidence,
        })
      },
    }),
    {
      ...contentIsThere(site, { id: 'accept-keys', section, title: 'Keys, inventory and patches are there' }),
      why: 'Rows 5 and 6: what the keystore holds can be listed, and the inventory is the one that came up first.',
      look: async (context) => {
        const before = context.known.get(inventoryName)
        const said = await contentIsThere(site, { id: 'content', section, title: '' }).look(context)
        const now = said.learnt?.[inventoryName]
        if (said.state !== 'done' || before === undefined || before === now) return said
        return failed(
          `The inventory has changed since the masters came up: ${before} before, ${now ?? ''} now.`,
          {
            evidence: said.evidence,
            learnt: { [inventoryName]: before },
            next: 'Find out who changed it: the cluster is not open yet.',
          },
        )
      },
    },
    check({
      id: 'accept-fingerprint',
      section,
      title: 'The key here is the one that the cluster uses',
      why: 'Row 5: what it backs up next has to be restorable with it.',
      skip: 'operator',
      look: async (context) => {
        const live = changoDriver.connect(site.config)
        return probesSay(live, context, { ids: ['key'], enough: ['ok', 'unknown'] })
      },
    }),
    manual({
      id: 'accept-canary',
      section,
      title: 'Stop and start one component',
      why: 'Row 7: the masters reach the node managers, and these do what they are told.',
      does: [
        'Choose a component that may stop for a minute.',
        'Stop it and start it in the masters’ pages.',
        'Write down its name: it is looked at.',
      ],
      asks: { label: 'Name of the component cluster', learns: 'accept.canary' },
      look: async (context) => {
        const wanted = (context.known.get('accept.canary') ?? '').trim()
        const found = (await inventoryOf(site, context)).find(
          ({ id, kind }) => wanted === id || wanted === `${kind}/${id}` || wanted === `${kind} ${id}`,
        )
        if (found === undefined) return notYet(`The masters know no component cluster ${wanted}.`)
        return found.status === 'RUNNING'
          ? done(`${found.kind} ${found.id} is RUNNING.`)
          : notYet(`${found.kind} ${found.id} is ${found.status}.`)
      },
    }),
    nothingStray(site, { id: 'accept-stray', section, title: 'What runs is what the inventory has' }),
    check({
      id: 'accept-schedule',
      section,
      title: 'The cluster backs itself up again',
      why: 'Row 9: its schedule is the one of the time of the backup, if it had one.',
      skip: 'operator',
      look: async (context) => {
        const { state, words } = await readSchedule(await apiOf(site, context), context.session, site.config)
        if (state === 'on') return done(words)
        return failed(words, {
          next: 'Set a schedule under Schedule, or pass over this with the reason why there is none.',
        })
      },
    }),
    manual({
      id: 'accept-offline',
      section,
      title: 'A copy of a backup, and the key apart from it, are offline',
      why: 'Row 9: key and backups in one bucket are lost together.',
      does: ['See that the copy can be read, and that the key is not beside it.'],
      asks: { label: who('where the copy is'), learns: 'accept.offline' },
    }),
  ]
}
