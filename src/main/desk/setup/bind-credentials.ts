import { credentialName, type CredentialName, type SetupPlan } from '../../../shared/contract/setup.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { DeskState } from '../../ports/desk-state.ts'

export interface Binder {
  /**
   * The id of the credential here that a setup names: the one that is used already where it has this name, else the only one that
   * has it. Where that cannot be told, what is used already stays, or null; and it is noted in `missing`.
   */
  idOf(given: unknown, kind: CredentialName['kind'], now: string | null, wantedBy: string): string | null
  readonly missing: SetupPlan['missing']
  /** Every id that was found, in the order in which it was asked for. */
  readonly found: readonly (string | null)[]
}

export function credentialBinder({ credentials }: Pick<DeskState, 'credentials'>): Binder {
  const missing: SetupPlan['missing'] = []
  const found: (string | null)[] = []

  function find({ label, kind }: CredentialName, now: string | null, wantedBy: string): string | null {
    const used = now === null ? null : credentials.get(now)
    if (used !== null && used.label === label && used.kind === kind) return now
    const named = credentials.list().filter((each) => each.label === label && each.kind === kind)
    const [only] = named
    if (only !== undefined && named.length === 1) return only.id
    missing.push({ label, kind, wantedBy, there: named.length })
    return now
  }

  return {
    missing,
    found,
    idOf(given, kind, now, wantedBy) {
      const parsed = credentialName.safeParse(given)
      if (!parsed.success || parsed.data.kind !== kind) {
        throw new HoldfastError('usage', {
          what: `A credential of ${wantedBy} is not named by a label and the kind ${kind}.`,
          unchanged: 'Nothing was changed.',
          next: 'Mend that, or export again.',
        })
      }
      const id = find(parsed.data, now, wantedBy)
      found.push(id)
      return id
    },
  }
}
