import type { CommandContext } from '../context.ts'
import type { ExitStatus } from '../exit-status.ts'
import { openVault, withDesk } from '../with-desk.ts'
import { followRun } from './runbook-run.ts'
import { findRun, pairs, told } from './runbooks.ts'

export interface ChangeFlags {
  readonly set: readonly string[]
  readonly reason?: string
  readonly passphraseFile?: string
}

/** Gives other answers to a run, beside those that stay, and looks at everything anew. */
export async function changeRun(
  id: string,
  { set, reason, passphraseFile }: ChangeFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const found = await findRun(id, client)
    await openVault(client, passphraseFile ?? null, context)
    const run = await client.runbooks.get({ id: found.id })
    const before = Object.fromEntries(run.inputs.map(({ name, value }) => [name, value]))
    await client.runbooks.changeAnswers({
      id: run.id,
      inputs: { ...before, ...pairs(set, '--set') },
      ...(reason !== undefined && { reason }),
    })
    return told(await followRun(run.id, client, context, run.lastEvent), client, context)
  })
}
