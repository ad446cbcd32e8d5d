import type { StepContext } from '../../../ports/runbook.ts'
import { factsOf, seeNodes } from './nodes.ts'
import type { KisekiSite } from './site.ts'

/** Entries of its log that a node keeps. Source: log/raft/state_machine.rs, openraft storage/helper.rs; inferred, not executed. */
const keptEntries = 2000n

export const restartTrap =
  'Restart trap: a node keeps its state in memory and throws its log away after about 2 000 entries. One that is restarted later may stop with “need logs from index 0” and not come back with its own data folder. A healthy node is never restarted.'

/** The trap, and whether it may have shut: by the highest entry that any node stands at. */
export async function trapNow(site: KisekiSite, context: StepContext): Promise<readonly string[]> {
  const tips = factsOf(await seeNodes(site, context)).map(({ committed }) => committed)
  const [first, ...others] = tips
  if (first === undefined)
    return [restartTrap, 'No node tells at which entry it stands: the trap may have shut.']
  const most = others.reduce((high, tip) => (tip > high ? tip : high), first)
  const isShut = most > keptEntries
  return [
    restartTrap,
    `The nodes that answer stand at entry ${most}${isShut ? ': the trap may have shut.' : '.'}`,
  ]
}
