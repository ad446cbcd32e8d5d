import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import { cannotRead } from './audit-errors.ts'
import { firstPlace, walkChain, type Walk } from './walk-chain.ts'

/** Walks an export by itself: what this installation remembers of its own chain is not asked. */
export async function checkChainFile(path: string, signal?: AbortSignal): Promise<Walk> {
  throwIfCancelled(signal)
  try {
    // A pipe is never waited for.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const { size } = await file.stat()
      const walk = await walkChain(file, { from: firstPlace, to: size, expected: null }, signal)
      if (walk.broken !== null || walk.last.offset === size) return walk
      return { ...walk, broken: { seq: walk.last.seq + 1, reason: 'Its line is cut short.' } }
    } finally {
      await file.close()
    }
  } catch (error) {
    throwIfCancelled(signal)
    throw cannotRead(path, error)
  }
}
