import { HoldfastError } from '../../../../shared/domain/error.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { done } from '../../../engine/runbook/outcomes.ts'
import { action, check, choice, confirm, manual } from '../../../engine/runbook/steps.ts'
import { overSsh } from '../../../engine/runbook/twins.ts'
import type { Runbook, RunbookSetting, Step } from '../../../ports/runbook.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { databaseAddress, databaseUser } from '../restore/site.ts'
import { lookFenced, lookPromoted, lookStandby, promote } from '../restore/standby.ts'
import { startUnits, unitsStopped } from '../restore/units.ts'
import { acceptance, fullBackup, opened } from './acceptance.ts'
import { heartbeats } from './heartbeats.ts'
import { connectionOf, hostsOf, siteOf } from './site.ts'

export const kd3: Runbook = {
  id: 'KD-3',
  system: 'kindling',
  title: 'Go over to the standby',
  when: 'The primary is lost, and a standby lives.',
  costs: ['What the standby had not received is lost.'],
  inputs: [
    {
      name: 'standby',
      label: 'Host of the standby',
      help: 'As it is logged in to over SSH.',
      example: 'admin@db-2',
      required: true,
      usual: '',
    },
    {
      name: 'postgres',
      label: 'PostgreSQL, as psql reaches it there',
      help: 'Through its socket. Empty: as the connection of the cluster says.',
      example: 'dbname=kindling port=5433',
      required: false,
      usual: '',
    },
  ],
  steps,
}

function steps(setting: RunbookSetting): readonly Step[] {
  const config = connectionOf(setting)
  const standby = standbyOf(config, setting)
  const old = databaseAddress(config)
  const where = databaseAddress(standby)
  const all = standby.hosts.join(', ')
  const lock = hostLock(hostsOf({ ...standby, hosts: [...new Set([...standby.hosts, where])] }))
  return [
    check({
      id: 'standby',
      section: 'before',
      title: 'See how far the standby has come',
      why: 'A standby that receives WAL has a primary that lives: then nothing is to be promoted.',
      touches: `Asks PostgreSQL on ${where}.`,
      look: async (context) => lookStandby(siteOf(standby, context)),
    }),
    manual({
      id: 'fence',
      section: 'before',
      title: 'Fence the old primary',
      why: 'Two primaries that both take writes cannot be brought together again. No call of this console switches a host off.',
      touches: `Asks PostgreSQL on ${old}, where that host answers.`,
      does: ['Switch it off, or cut it off from the network, and make sure that nothing starts it again.'],
      asks: { label: 'Who fenced it, and how', learns: 'fence' },
      skip: 'nobody',
      look: async (context) => lookFenced(siteOf(config, context)),
    }),
    choice({
      id: 'choose-way',
      section: 'before',
      title: 'Decide who promotes the standby',
      why: 'A tool for high availability that is not told takes its standby back, or promotes another one.',
      options: async () => [
        {
          id: 'psql',
          label: 'This console: no tool runs the standby',
          says: ['SELECT pg_promote() on the standby.'],
          notPossible: null,
          advised: true,
          learnt: { promoter: 'psql' },
        },
        {
          id: 'tool',
          label: 'The tool for high availability that runs it',
          says: ['You let it fail over; this console sees whether it has.'],
          notPossible: null,
          advised: false,
          learnt: { promoter: 'tool' },
        },
      ],
    }),
    confirm({
      id: 'confirm-promote',
      section: 'before',
      title: 'Confirm what is lost',
      why: 'The old primary can never be a primary again without being made anew.',
      of: ['promoter'],
      says: async () => [
        'What the old primary had committed and the standby had not received is lost.',
        `${where} becomes the primary; the old one on ${old} has to be made anew before it can be its standby.`,
      ],
    }),
    ...lock.takeIt,
    manual({
      id: 'fail-over',
      section: 'restore',
      title: 'Let the tool fail over',
      why: 'Which tool it is, and how it is told, differs from site to site.',
      does: ['Fail over with the tool that runs the standby.'],
      notNeeded: (known) =>
        known.get('promoter') === 'tool' ? null : 'This console promotes it, by choice.',
      look: async (context) => lookPromoted(siteOf(standby, context)),
    }),
    action({
      id: 'promote',
      section: 'restore',
      title: 'Promote the standby',
      why: 'It ends its recovery, and takes writes from then on.',
      touches: `PostgreSQL on ${where}.`,
      undo: null,
      twin: overSsh(where, databaseUser({ config: standby }), [
        'psql',
        '-X',
        '-c',
        'SELECT pg_promote(false)',
        'dbname=kindling',
      ]),
      expected: { ms: 10_000, source: 'assumed' },
      damage: 3,
      notNeeded: (known) =>
        known.get('promoter') === 'psql' ? null : 'The tool for high availability did it, by choice.',
      act: async (context) => promote(siteOf(standby, context)),
      look: async (context) => lookPromoted(siteOf(standby, context)),
    }),
    check({
      id: 'promoted',
      section: 'restore',
      title: 'See that it takes writes',
      why: 'Nothing of kindling works on a standby.',
      touches: `Asks PostgreSQL on ${where}.`,
      look: async (context) => opened(await lookPromoted(siteOf(standby, context)), context),
    }),
    ...heartbeats(standby),
    manual({
      id: 'dsn',
      section: 'restore',
      title: 'Let the DSN of every host lead to the new primary',
      why: 'An address that moves by itself needs nothing; else the files are edited. They hold a password, which never comes here, so only whether they agree is seen.',
      does: [
        'Move the shared address, or edit /etc/kindling/postgres.dsn (and postgres.replication.dsn) on every host alike.',
        'Restart the units where a file was edited: they read it when they start.',
        'Save the connection of this cluster anew where its first host, or the host of PostgreSQL, is another one now.',
      ],
      asks: { label: 'Where they lead now', learns: 'dsn' },
    }),
    action({
      id: 'start-units',
      section: 'restore',
      title: 'Start the units that are down, on all hosts at once',
      why: 'Side by side within 30 s; a unit that is up is left alone, and its guests with it.',
      touches: `Enabled units of kindling on ${all}.`,
      undo: 'Stop them again.',
      twin: 'systemctl start kindling@api kindling@edge kindling@worker',
      damage: 1,
      act: async (context) => startUnits(siteOf(standby, context)),
      look: async (context) => {
        const stopped = await unitsStopped(siteOf(standby, context))
        switch (stopped.state) {
          case 'done':
            return { ...stopped, state: 'notYet' }
          case 'notYet':
            return done('Units of kindling are up.', { evidence: stopped.evidence })
          case 'failed':
          case 'unknown':
            return stopped
        }
      },
    }),
    ...acceptance(standby),
    fullBackup(standby),
    lock.giveItBack,
  ]
}

/** The connection as it is once the standby is the primary, and the lost host is no part of it. */
function standbyOf(config: KindlingConnection, { inputs }: RunbookSetting): KindlingConnection {
  const host = (inputs['standby'] ?? '').trim()
  const old = databaseAddress(config)
  if (host === old) {
    throw new HoldfastError('usage', {
      what: `${host} is where the connection says that the primary is.`,
      unchanged: 'Nothing was begun.',
      next: 'Name the host of the standby.',
    })
  }
  const postgres = inputs['postgres'] ?? ''
  const others = config.hosts.filter((address) => address !== old && address !== host)
  return {
    ...config,
    ...(config.tool === 'barman'
      ? { databaseHost: host, hosts: config.hosts.filter((address) => address !== old) }
      : { databaseHost: '', hosts: [host, ...others] }),
    ...(postgres !== '' && { postgres }),
  }
}
