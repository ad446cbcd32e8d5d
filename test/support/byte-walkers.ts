import { threadId } from 'node:worker_threads'
import type { Walker } from '../../src/main/ports/byte-work.ts'

/** Walkers of every temper, for tests of whoever runs walkers. */
export const testWalkers: ReadonlyMap<string, Walker> = new Map<string, Walker>([
  [
    'counter',
    async (pieces, options) => {
      let bytes = 0
      for await (const piece of pieces) bytes += piece.byteLength
      return { bytes, options }
    },
  ],
  [
    'leaver',
    async (pieces) => {
      for await (const piece of pieces) return piece.byteLength > 0
      return false
    },
  ],
  ['thread', () => Promise.resolve(threadId)],
  ['faulty', () => Promise.reject(new TypeError('a fault of the walker'))],
  /** Makes some 100 MB of heap, and keeps none of it. */
  ['hoarding', () => Promise.resolve(Array.from({ length: 2_000_000 }, (_, at) => ({ at })).length)],
  /** Only in a worker: ends its thread. */
  ['deadly', () => process.exit(3)],
  [
    'spinning',
    () => {
      for (;;);
    },
  ],
  ['waiting for ever', () => new Promise(() => undefined)],
  ['secretive', () => Promise.resolve(() => 'functions cannot be sent')],
])
