import { expect, test } from 'vitest'
import { lookedAt } from '../../../../src/main/cli/commands/clusters.ts'
import type { CommandContext } from '../../../../src/main/cli/context.ts'

test('A look that cannot be asked for is told once, and what was waited for ends with it', async () => {
  const unheard: unknown[] = []
  const hear = (reason: unknown): void => void unheard.push(reason)
  process.on('unhandledRejection', hear)
  const client = {
    host: {
      changes: async (_input: undefined, { signal }: { signal: AbortSignal }) => ({
        next: async () =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new Error('left')))
          }),
      }),
    },
    clusters: { refresh: async () => Promise.reject(new Error('it is gone')), list: async () => [] },
  }
  const context = { signal: new AbortController().signal } as CommandContext
  await expect(lookedAt(['c1'], client as never, context)).rejects.toThrow('it is gone')
  // Node tells of what nobody has handled once all that was due has run.
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', hear)
  expect(unheard).toEqual([])
})
