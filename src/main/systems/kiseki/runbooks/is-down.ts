import { check } from '../../../engine/runbook/steps.ts'
import type { CheckStep } from '../../../ports/runbook.ts'
import { lookDown } from './nodes.ts'
import type { KisekiNode, KisekiSite } from './site.ts'

export function isDown(id: string, node: KisekiNode, site: KisekiSite, why: string): CheckStep {
  return check({
    id,
    section: 'before',
    title: `Check that ${node.host.address} is down`,
    why,
    touches: `Asks ${node.origin}.`,
    look: async (context) => lookDown(node, site, context),
  })
}
