import type { Desk } from '../desk/desk.ts'
import { importSetup } from '../desk/setup/import-setup.ts'
import { planSetup } from '../desk/setup/plan-setup.ts'
import { portableSetup } from '../desk/setup/portable.ts'
import { implementation, type OneAtATime } from './implement.ts'

/** The setup of an installation, taken along to another one. */
export function createSetupHandlers(desk: Desk, alone: OneAtATime) {
  const os = implementation.setup
  return {
    export: os.export.handler(async () => {
      const { document, leftOut } = await portableSetup(desk.state)
      return { text: `${JSON.stringify(document, null, 2)}\n`, leftOut: [...leftOut] }
    }),

    importPlan: os.importPlan.handler(async ({ input }) => (await planSetup(input.text, desk)).plan),

    importApply: os.importApply
      .use(alone)
      .handler(({ input: { text, hash, reason } }) =>
        importSetup({ text, hash, reason: reason ?? null }, desk),
      ),
  }
}
