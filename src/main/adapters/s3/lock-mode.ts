import type { LockMode } from '../../../shared/domain/place-facts.ts'

/** Null: none that is known. */
export function lockMode(text: string | undefined): LockMode | null {
  return text === 'GOVERNANCE' || text === 'COMPLIANCE' ? text : null
}
