import { readPolicy } from '../adapters/policy-file/read-policy.ts'
import type { OpenStore } from '../ports/repository-access.ts'
import { policyFile } from './policy-file.ts'
import { placesUnder } from './refuse-by-policy.ts'

/** Repositories as this machine's policy lets them be opened. */
export function storesHere(open: OpenStore): OpenStore {
  return async (...asked) => placesUnder(await readPolicy(policyFile()), open)(...asked)
}
