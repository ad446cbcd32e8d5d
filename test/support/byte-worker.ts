import { getHeapStatistics } from 'node:v8'
import { parentPort } from 'node:worker_threads'
import { serveByteJobs } from '../../src/main/engine/byte-jobs.ts'
import type { ToWorker } from '../../src/main/ports/byte-work-messages.ts'
import { testWalkers } from './byte-walkers.ts'

/** The worker's side of the byte work, with the walkers of the tests. */
const port = parentPort
if (port === null) throw new Error('This file runs in a worker thread.')
serveByteJobs(
  {
    post: (message, moved) => port.postMessage(message, moved),
    onMessage: (listener) => {
      port.on('message', (message: ToWorker) => listener(message))
    },
    heapBytes: () => getHeapStatistics().total_heap_size,
  },
  testWalkers,
)
