import { readPolicy } from '../adapters/policy-file/read-policy.ts'
import type { OpenStore } from '../ports/repository-access.ts'
import { policyFile } from './policy-file.ts'
import { storesUnder } from './refuse-by-policy.ts'

/** Repositories as this machine's policy lets them be opened. */
export function storesHere(open: OpenStore): OpenStore {
  return async (...asked) => storesUnder(await readPolicy(policyFile()), open)(...asked)
}
