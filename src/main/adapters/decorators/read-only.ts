import { HoldfastError } from '../../../shared/domain/error.ts'
import type { ObjectStore } from '../../ports/object-store.ts'

/** The same store, but that every write is refused with `repository.readOnly` before it reaches it. */
export function readOnly(store: ObjectStore): ObjectStore {
  const refuse = async (key: string): Promise<never> => {
    throw new HoldfastError('repository.readOnly', {
      what: `The object ${JSON.stringify(key)} was not touched.`,
      why: 'The repository was opened for reading only.',
      unchanged: 'Nothing was written or deleted.',
    })
  }
  return {
    capabilities: { ...store.capabilities, canWrite: false, atomicCreate: false },
    list: (options) => store.list(options),
    head: (key, options) => store.head(key, options),
    get: (key, options) => store.get(key, options),
    put: refuse,
    putStream: refuse,
    delete: refuse,
    ...(store.facts && { facts: store.facts.bind(store) }),
    close: () => store.close(),
  }
}
