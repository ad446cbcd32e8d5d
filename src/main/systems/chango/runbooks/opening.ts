import { done, failed } from '../../../engine/runbook/outcomes.ts'
import { wait } from '../../../engine/runbook/steps.ts'
import type { HostAccess } from '../../../engine/runbook/on-host.ts'
import { curlWithToken } from '../../../engine/runbook/twins.ts'
import type { Step, WaitStep } from '../../../ports/runbook.ts'
import { gatesOpen } from './gate.ts'
import { lastWordsOf, pidsOn, startMaster } from './master-process.ts'
import { listMasters } from './node-lists.ts'
import { placeOf, type Site } from './site.ts'

/** Documented (cluster-readiness): 120 s, after which the master ends itself. */
const gateMs = 120_000

/** Starts the first master alone, and waits until it serves and leads. `has`: what it has that the others take over. */
export function openFirst(site: Site, has: 'the restored state' | 'its own stores'): readonly Step[] {
  const { first } = site
  return [
    startMaster(first, site, {
      id: 'start-first',
      section: 'restore',
      title: `Start the master on ${first.address} alone`,
      why: `It has ${has}; every other master takes over what this one has.`,
    }),
    waitForGate(site, first, 1, 'wait-first'),
    wait({
      id: 'one-leader',
      section: 'restore',
      title: 'Wait for one leader',
      why: 'The others take their state from the leader, so it has to be this one.',
      touches: 'Asks for the list of masters.',
      twin: curlWithToken('MASTER/admin/api/nodes/masters'),
      atMostMs: gateMs,
      look: async (context) => {
        const { leaders, ready, sentence, evidence } = await listMasters(site, context)
        return leaders.length === 1 && ready.length >= 1
          ? done(sentence, { evidence })
          : { state: 'notYet', sentence, evidence }
      },
    }),
  ]
}

/** The other masters, one after another: each pulls everything from the leader before it serves. */
export function openOthers(site: Site): readonly Step[] {
  return site.others.flatMap((host, index) => {
    const place = placeOf(host, site)
    return [
      startMaster(host, site, {
        id: `start-master-${place}`,
        section: 'restore',
        title: `Start the master on ${host.address}`,
        why: 'It pulls keys, users, inventory and patches from the leader, up to 60 s, and ends where it cannot.',
      }),
      waitForGate(site, host, index + 2, `wait-master-${place}`),
    ]
  })
}

export function waitForGate(site: Site, host: HostAccess, least: number, id: string): WaitStep {
  return wait({
    id,
    section: 'restore',
    title: `Wait until the master on ${host.address} serves`,
    why: 'Until its gate opens it answers 503 and says what it waits for.',
    touches: 'Asks every address of a master.',
    twin: 'curl -i MASTER/admin/api/cluster/info',
    atMostMs: gateMs + 30_000,
    expected: { ms: gateMs, source: 'documented' },
    look: async (context) => {
      const gates = await gatesOpen(least, site, context)
      if (gates.state === 'done') return gates
      const running = await pidsOn(host, 'master', site, context)
      if (running.length > 0) return gates
      const words = await lastWordsOf(host, site, context)
      return failed(
        `The master on ${host.address} has ended.${words === '' ? '' : ` Its last words: ${words}`}`,
        {
          evidence: gates.evidence,
          next: 'Take its start back, and what was done before it; or mend what it names, take the start back and do it again.',
        },
      )
    },
  })
}
