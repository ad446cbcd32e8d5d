import { throttled } from '../../src/main/adapters/decorators/throttled.ts'
import { withRetry } from '../../src/main/adapters/decorators/with-retry.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'
import { memoryStore } from '../fakes/memory-store.ts'
import { objectStoreSuite } from './object-store-suite.ts'

const cleanUp = async (): Promise<void> => undefined

objectStoreSuite('a store with retries', async () => ({
  store: withRetry(memoryStore(), { attempts: 3, clock: systemClock, random: systemRandom }),
  cleanUp,
}))

objectStoreSuite('a store throttled far above what it does', async () => ({
  store: throttled(memoryStore(), { bytesPerSecond: 10 ** 12, clock: systemClock }),
  cleanUp,
}))
