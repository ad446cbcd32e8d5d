import { done } from '../../../engine/runbook/outcomes.ts'
import { probesSay } from '../../../engine/runbook/probes.ts'
import { check } from '../../../engine/runbook/steps.ts'
import type { Step } from '../../../ports/runbook.ts'
import { armadaDriver } from '../live/driver.ts'

export function serversAnswer(section: 'before' | 'accept'): Step {
  return check({
    id: `${section}-servers`,
    section,
    title:
      section === 'before'
        ? 'See which servers answer'
        : 'Every server answers, and every table has a leader',
    why: 'A node is started again only while the others lead: below a majority it makes nothing better.',
    skip: 'operator',
    look: async (context) => {
      const live = armadaDriver.connect(context.setting.cluster.connection ?? {})
      const said = await probesSay(live, context, { ids: ['answers', 'tables'], enough: ['ok'] })
      return section === 'accept' || said.state === 'done'
        ? said
        : done(said.sentence, { evidence: said.evidence })
    },
  })
}
