import { getHeapStatistics } from 'node:v8'
import { parentPort } from 'node:worker_threads'
import { serveByteJobs } from '../engine/byte-jobs.ts'
import type { ToWorker } from '../ports/byte-work-messages.ts'
import type { Walker } from '../ports/byte-work.ts'
import { walkArmada } from '../systems/armada/armada.ts'
import { walkChango } from '../systems/chango/chango.ts'
import { walkKindling } from '../systems/kindling/walk.ts'
import { walkKiseki } from '../systems/kiseki/walk.ts'

/** By name: what reads the plain bytes of a system's objects. */
const walkers = new Map<string, Walker>([
  ['armada', walkArmada],
  ['chango', walkChango],
  ['kindling', walkKindling],
  ['kiseki', walkKiseki],
])

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
  walkers,
)
