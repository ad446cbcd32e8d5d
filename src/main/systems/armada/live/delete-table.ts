import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { quoted } from '../../../engine/archive/entry-name.ts'
import { shardOf } from './key-values.ts'
import type { ArmadaServer } from './server.ts'

const lookAfterMs = 2_000

/** Asked once; where the answer is lost it is looked. */
export async function deleteTable({ name, link }: ArmadaServer, table: string): Promise<void> {
  const { client, session } = link
  const token = await link.tablesToken()
  const call = { method: '/regatta.v1.Tables/Delete', deadlineMs: 30_000, ...token }
  try {
    await client.unary(call, { name: table }, session.signal)
  } catch (error) {
    if (!isHoldfastError(error) || !lost.has(error.code)) throw error
    await session.clock.wait(lookAfterMs, session.signal)
    if ((await shardOf(link, table)) === null) return
    throw new HoldfastError(
      'master.outcomeUnknown',
      {
        what: `Whether ${name} deletes the table ${quoted(table)} is not known.`,
        why: 'The answer was lost, and the table was still there a moment later.',
        unchanged: 'It was asked once.',
        next: 'Look whether the table is there, then begin again.',
      },
      { cause: error },
    )
  }
}

const lost: ReadonlySet<string> = new Set(['master.outcomeUnknown', 'master.timedOut'])
