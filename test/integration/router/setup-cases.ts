import { takesNothing, setupText } from './case-inputs.ts'
import type { Cases } from './case.ts'

export const setupCases: Cases['setup'] = {
  export: takesNothing,
  importPlan: {
    good: async (lab) => ({ text: await setupText(lab, lab.fresh('planned')) }),
    bad: [{ input: () => ({ text: '{}' }), code: 'usage' }],
  },
  importApply: {
    good: async (lab) => {
      const text = await setupText(lab, lab.fresh('taken-along'))
      return { text, hash: (await lab.client.setup.importPlan({ text })).hash, reason: 'A move.' }
    },
    bad: [
      {
        input: async (lab) => ({ text: await setupText(lab, lab.fresh('other')), hash: '0'.repeat(64) }),
        code: 'plan.changed',
      },
    ],
  },
}
