import type { RepositoryAddress } from '../../shared/domain/address.ts'
import type { RepositoryAccess } from './repository-access.ts'

/** The head of the audit chain at one moment. */
export interface AnchoredHead {
  readonly seq: number
  /** Of the entry with this number. */
  readonly hash: string
}

/** What stands at the place for one number. */
export interface Anchor {
  readonly seq: number
  /** As the place's own clock has it. */
  readonly at: string
  /** True where something was written or deleted over it since: it stands nevertheless, and somebody tried. */
  readonly isCovered: boolean
  /** Whether it is this hash that was anchored. */
  holds(hash: string, signal?: AbortSignal): Promise<boolean>
}

/**
 * A place where heads of the chain are written once and cannot be taken back before their time, by this account either: what
 * was anchored shows that a chain was written anew. One place is for one chain.
 *
 * Promises of every implementation, checked by one conformance suite:
 * - `put` is durable and locked when it resolves with `written`. Where the number stands already it changes nothing, and says
 *   whether the same head stands there (`same`) or another one (`other`).
 * - `list` yields each number once, ascending, with what was written there first, whatever was done over it.
 * - A place that cannot lock is refused (`repository.badAnswer`), and nothing is called an anchor then.
 */
export interface AuditAnchor {
  put(head: AnchoredHead, signal?: AbortSignal): Promise<'written' | 'same' | 'other'>
  list(signal?: AbortSignal): AsyncIterable<Anchor>
  close(): Promise<void>
}

export type OpenAuditAnchor = (
  address: RepositoryAddress,
  access: RepositoryAccess,
  options: { readonly keepDays: number },
) => Promise<AuditAnchor>
