import { done } from '../../../engine/runbook/outcomes.ts'
import { probesSay } from '../../../engine/runbook/probes.ts'
import { check } from '../../../engine/runbook/steps.ts'
import type { Step } from '../../../ports/runbook.ts'
import { kindlingDriver } from '../live/driver.ts'

export function serversTold(section: 'before' | 'accept'): Step {
  return check({
    id: `${section}-servers`,
    section,
    title:
      section === 'before'
        ? 'See the servers and their units'
        : 'Every server has a heartbeat, every unit is active',
    why: 'What the platform says of its servers is what it acts on.',
    skip: 'operator',
    look: async (context) => {
      const live = kindlingDriver.connect(context.setting.cluster.connection ?? {})
      const said = await probesSay(live, context, { ids: ['answers', 'servers', 'units'], enough: ['ok'] })
      return section === 'accept' || said.state === 'done'
        ? said
        : done(said.sentence, { evidence: said.evidence })
    },
  })
}
