import type { StepContext } from '../../../ports/runbook.ts'
import type { NodeFacts } from '../live/node-facts.ts'
import { highestEntry, purgedFromEntry } from '../live/quorum.ts'
import { factsOf, seeNodes } from './nodes.ts'
import type { KisekiSite } from './site.ts'

export const restartTrap =
  'Restart trap: a node keeps its state in memory alone, and throws the beginning of its log away after about 2 000 entries. One that is stopped after that ends at its start with “failed to create Raft log store”, and does not come back with its own data folder. A healthy node is never restarted.'

/** Whether a node that answers would be lost if it was stopped now. When it was started is not known, so it may have more of its log. */
export function mustStayUp({ members, committed }: NodeFacts): boolean {
  return members.length > 1 && committed >= purgedFromEntry
}

/** The trap, and whether it may have shut: by the highest entry that any node stands at. */
export async function trapNow(site: KisekiSite, context: StepContext): Promise<readonly string[]> {
  const alive = factsOf(await seeNodes(site, context))
  if (alive.length === 0)
    return [restartTrap, 'No node tells at which entry it stands: the trap may have shut.']
  const most = highestEntry(alive)
  return [
    restartTrap,
    `The nodes that answer stand at entry ${most}${most >= purgedFromEntry ? ': the trap may have shut.' : '.'}`,
  ]
}
