import type { InferContractRouterInputs } from '@orpc/contract'
import type { Contract } from '../../../src/shared/contract/contract.ts'
import type { ErrorCode } from '../../../src/shared/domain/error.ts'
import type { Client, RouterLab } from './router-lab.ts'

type Inputs = InferContractRouterInputs<Contract>

interface Bad<I> {
  readonly input: (lab: RouterLab) => Promise<I> | I
  /** What it is refused with, or what an event of its stream says. */
  readonly code: ErrorCode
}

export interface Case<I> {
  readonly good: (lab: RouterLab) => Promise<I> | I
  /** Input that fits its schema and is wrong nevertheless; a sentence where none can be. */
  readonly bad: readonly Bad<I>[] | string
  /** Asked on an installation that nobody has used. */
  readonly onEmptyDesk?: true
  /** Streams without an end: what makes the first event come, after which it is left. */
  readonly firstEvent?: (client: Client) => Promise<unknown>
}

/** One for each procedure: a procedure without one is a fault of types and of the test that walks the contract. */
export type Cases = {
  readonly [Area in keyof Contract]: { readonly [Name in keyof Inputs[Area]]: Case<Inputs[Area][Name]> }
}
