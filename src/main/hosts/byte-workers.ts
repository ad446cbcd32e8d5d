import { availableParallelism } from 'node:os'
import { createWorkerPool } from '../adapters/byte-work/worker-pool.ts'
import type { ByteWork } from '../ports/byte-work.ts'

/** One worker a core, up to four: beyond that the network is the limit, not the hashing. */
export function openByteWorkers(workerUrl: URL, workers: number | null): ByteWork {
  return createWorkerPool({ parallel: workers ?? Math.min(4, availableParallelism()), workerUrl })
}
