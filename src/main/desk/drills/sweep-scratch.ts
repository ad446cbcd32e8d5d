import { isHoldfastError } from '../../../shared/domain/error.ts'
import { leftScratchEvent, leftScratchWords } from '../../operations/drill-events.ts'
import type { DeskPorts } from '../ports.ts'

/** What drills left that were killed, as sentences: removed now, or why it still stands. Never keeps the desk from opening. */
export async function sweepScratch({
  scratch,
  audit,
  log,
}: Pick<DeskPorts, 'scratch' | 'audit' | 'log'>): Promise<readonly string[]> {
  try {
    const left = await scratch.sweep()
    if (left.length > 0) await audit.appendAll(left.map(leftScratchEvent))
    return left.map(leftScratchWords)
  } catch (error) {
    if (isHoldfastError(error)) return [error.message]
    log.incident('scratch.sweep', error)
    return []
  }
}
