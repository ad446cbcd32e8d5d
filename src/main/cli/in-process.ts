import type { ContractRouterClient } from '@orpc/contract'
import { createRouterClient, type Router } from '@orpc/server'
import type { Contract } from '../../shared/contract/contract.ts'
import type { CallContext } from '../ports/call-context.ts'
import type { Log } from '../ports/log.ts'

/** The router's procedures for the command line: called in this process, with the same checks as over any other way. */
export function inProcessClient(
  router: Router<Contract, CallContext>,
  log: Log,
): ContractRouterClient<Contract> {
  const context: CallContext = { shell: 'commandLine', log }
  return createRouterClient(router, { context })
}
