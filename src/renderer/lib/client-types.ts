import type { ContractRouterClient } from '@orpc/contract'
import type { createTanstackQueryUtils } from '@orpc/tanstack-query'
import type { Contract } from '../../shared/contract/contract.ts'

/** The procedures of the console, as a window calls them. */
export type Client = ContractRouterClient<Contract>

/** Queries and mutations of every procedure, for TanStack Query. */
export type Desk = ReturnType<typeof createTanstackQueryUtils<Client>>
