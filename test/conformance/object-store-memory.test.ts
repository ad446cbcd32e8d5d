import { memoryStore } from '../fakes/memory-store.ts'
import { objectStoreSuite } from './object-store-suite.ts'

objectStoreSuite('a store in memory', async () => ({ store: memoryStore(), cleanUp: async () => undefined }))
