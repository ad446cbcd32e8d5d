import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { countOf } from '../../../../shared/domain/size-words.ts'
import { isJsonObject } from '../../../../shared/domain/strict-json.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { mustRunOn, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed, knownAs, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { restartUnit } from '../../../engine/runbook/restart-unit.ts'
import { check, manual, wait } from '../../../engine/runbook/steps.ts'
import type { Outcome, Runbook, RunbookSetting, Step, StepContext } from '../../../ports/runbook.ts'
import type { ArmadaConnection } from '../live/connection.ts'
import { openServer } from '../live/server.ts'
import { serversAnswer } from './servers-answer.ts'
import { siteOf, unfit } from './site.ts'

/** The manual names no procedure [gap]: a node on its own folders takes from the others what it missed (source: raft). */
export const ar1: Runbook = {
  id: 'AR-1',
  system: 'armada',
  title: 'Bring nodes back on their own folders',
  when: 'Nodes are down, or a table has no leader, and the folders of most nodes are there.',
  costs: [],
  inputs: [
    {
      name: 'hosts',
      label: 'Hosts of the nodes that are down',
      help: 'As they are logged in to over SSH, with commas between; each is looked at and started after the one before it answers. Empty: they are started by hand.',
      example: 'admin@armada-2, admin@armada-3',
      required: false,
      usual: '',
    },
    {
      name: 'unit',
      label: 'Unit of the server',
      help: 'Of systemd, the same on each host. Nothing that armada ships has one: it is what your site calls it.',
      example: 'armada.service',
      required: false,
      usual: 'armada.service',
    },
  ],
  steps,
}

function steps(setting: RunbookSetting): readonly Step[] {
  const site = siteOf(setting)
  const hosts = hostsOf(setting, site)
  const unit = setting.inputs['unit'] ?? ''
  if (hosts.length === 0) return [serversAnswer('before'), majority(site), byHand, serversAnswer('accept')]
  if (!/^[A-Za-z0-9][\w@.:-]*$/.test(unit)) throw unfit(`${JSON.stringify(unit)} is no name of a unit.`)
  const lock = hostLock(hosts)
  return [
    serversAnswer('before'),
    majority(site),
    ...lock.takeIt,
    ...hosts.flatMap((host, place) => bringBack(site, host, unit, place + 1)),
    serversAnswer('accept'),
    lock.giveItBack,
  ]
}

const byHand = manual({
  id: 'start-nodes',
  section: 'restore',
  title: 'Start the nodes again, one at a time',
  why: 'No host was named, so nothing here can start them.',
  does: [
    'Start one node on the same folders and with the same --raft.initial-members as before.',
    'Look at “Every server answers” below before you start the next one.',
    'A node whose folders are gone is not started here: see the step above.',
  ],
})

/** How many members there are a server tells; how many live is counted, never believed of one that says it leads. */
function majority(site: ArmadaConnection): Step {
  return check({
    id: 'majority',
    section: 'before',
    title: 'Count the members that answer',
    why: 'While most of them live a node that comes back loses nothing. Below a majority nothing is written, and nothing is elected.',
    touches: 'Asks every server of the connection.',
    skip: 'operator',
    look: async (context) => {
      const { answering, members, evidence } = await counted(site, context)
      if (members === null) {
        return failed('No server answers.', {
          evidence,
          next: 'Where the folders of most nodes are whole, go on with a reason: they elect a leader again. Where they are gone, copy what is left, start a new cluster, and begin AR-2.',
        })
      }
      const words = `${answering} of ${countOf(members, 'member')} answer`
      return answering * 2 > members
        ? done(`${words}: a majority.`, { evidence })
        : failed(`${words}: no majority.`, {
            evidence,
            next: 'The connection may not name all servers. Else go on with a reason where the folders of the others are whole; where they are gone, copy what is left, start a new cluster, and begin AR-2.',
          })
    },
  })
}

function bringBack(site: ArmadaConnection, host: HostAccess, unit: string, place: number): readonly Step[] {
  const id = `node-${place}`
  const answering = `${id}.answering`
  const asUser = host.address.startsWith('root@') ? null : 'root'
  const [before, restart] = restartUnit({
    id,
    host,
    unit,
    asUser,
    why: 'On the same folders it takes from the others what it missed. One node at a time.',
    undo: 'Stop it again.',
    whereItRuns: 'leave',
    guard: async (context) => {
      const { answering: now } = await counted(site, context)
      const then = Number(knownAs(context.known, answering))
      return now >= then
        ? done('As many servers answer as before.')
        : notYet(`${now} servers answer, and ${then} did: another one was lost meanwhile.`, {
            next: 'Look at that one first, then go on.',
          })
    },
  })
  return [
    before,
    check({
      id: `${id}-folders`,
      section: 'restore',
      title: `See that the folders of the node on ${host.address} are there`,
      why: 'A node that starts on empty folders under its old name may vote for what it has forgotten.',
      touches: `Looks into the folders that ${unit} names.`,
      skip: 'operator',
      look: async (context) => foldersThere(host, unit, asUser, context),
    }),
    check({
      id: `${id}-count`,
      section: 'restore',
      title: 'Count the servers that answer',
      why: 'So that it is seen when one more does.',
      touches: 'Asks every server of the connection.',
      look: async (context) => {
        const { answering: count, evidence } = await counted(site, context)
        return done(`${count} answer.`, { evidence, learnt: { [answering]: String(count) } })
      },
    }),
    restart,
    wait({
      id: `${id}-answers`,
      section: 'restore',
      title: 'Wait until one server more answers, and no table is in error',
      why: 'The next node is started only once this one is a member again.',
      touches: 'Asks every server of the connection.',
      atMostMs: 5 * 60_000,
      skip: 'operator',
      notNeeded: restart.notNeeded ?? (() => null),
      look: async (context) => {
        const { answering: now, errors, evidence } = await counted(site, context)
        const then = Number(knownAs(context.known, answering))
        if (now <= then) return notYet(`${now} servers answer, as before.`, { evidence })
        return errors.length === 0
          ? done(`${now} servers answer, one more than before, and no table is in error.`, { evidence })
          : notYet(`${now} servers answer; in error: ${errors.join(', ')}.`, { evidence })
      },
    }),
  ]
}

interface Counted {
  readonly answering: number
  /** Null where no server tells. */
  readonly members: number | null
  readonly errors: readonly string[]
  readonly evidence: Outcome['evidence']
}

/** Who answers, of those that the connection names; how many members there are a server tells. */
export async function counted(site: ArmadaConnection, { session }: StepContext): Promise<Counted> {
  let members: number | null = null
  const seen = await Promise.all(
    site.servers.map(async (origin) => {
      const name = new URL(origin).host
      try {
        const server = await openServer(origin, session, site)
        const { errors } = await server.status()
        const list = await server.link.client.unary(
          { method: '/regatta.v1.Cluster/MemberList', deadlineMs: 4_000 },
          {},
          session.signal,
        )
        const told: unknown = list['members']
        if (Array.isArray(told)) members = Math.max(members ?? 0, told.filter(isJsonObject).length)
        return { name, errors, value: 'answers' }
      } catch (error) {
        if (!isHoldfastError(error) || error.code === 'cancelled') throw error
        return { name, errors: null, value: error.text.what }
      }
    }),
  )
  return {
    answering: seen.filter(({ errors }) => errors !== null).length,
    members,
    errors: [...new Set(seen.flatMap(({ errors }) => errors ?? []))],
    evidence: seen.map(({ name, value }) => ({ name, value })),
  }
}

/** Source (cmd/flags.go): where the logs and the tables of a node lie. A file or the environment may name them instead. */
const folderFlags = /--raft\.(?:node-host-dir|state-machine-dir)[= ]([^\s;]+)/g

async function foldersThere(
  host: HostAccess,
  unit: string,
  asUser: string | null,
  context: StepContext,
): Promise<Outcome> {
  const as = asUser === null ? {} : { asUser }
  const { stdout } = await mustRunOn(
    host,
    { argv: ['systemctl', 'show', '--property=ExecStart', '--', unit], ...as, deadlineMs: 30_000 },
    context,
  )
  const folders = [...stdout.matchAll(folderFlags)].flatMap(([, folder]) => folder ?? [])
  if (folders.length === 0) {
    return unknown(`${unit} does not name its folders in its command.`, {
      next: 'Look yourself that its --raft.node-host-dir and --raft.state-machine-dir are there, then go on with a reason.',
    })
  }
  const script = 'for at; do [ -n "$(ls -A -- "$at" 2>/dev/null)" ] || echo "$at"; done'
  const looked = await mustRunOn(
    host,
    { argv: ['/bin/sh', '-c', script, 'sh', ...folders], ...as, deadlineMs: 30_000 },
    context,
  )
  const empty = looked.stdout.split('\n').filter((line) => line !== '')
  const evidence = folders.map((folder) => ({
    name: folder,
    value: empty.includes(folder) ? 'empty, or not there' : 'there',
  }))
  return empty.length === 0
    ? done(`Its folders are there: ${folders.join(', ')}.`, { evidence })
    : failed(`Empty, or not there: ${empty.join(', ')}.`, {
        evidence,
        next: 'Do not start it. Copy the folders of the others first, then add it as a new member, as the operators of your site do.',
      })
}

function hostsOf({ inputs }: RunbookSetting, { ssh }: ArmadaConnection): readonly HostAccess[] {
  return (inputs['hosts'] ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '')
    .map((address) => ({ address, ssh }))
}
