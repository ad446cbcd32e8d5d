import { secretUseEntry } from '../../shared/domain/secret-use.ts'
import type { SecretElsewhere, SecretUse } from '../ports/secrets.ts'
import { noteInAudit } from './audited.ts'
import type { CommandContext } from './context.ts'

/** What a command uses without the vault, as entries: a key that it was given, or what lies elsewhere. */
export async function noteSecrets(
  secrets: readonly (SecretElsewhere | { readonly kind: 'masterKey'; readonly place: string })[],
  use: SecretUse,
  context: CommandContext,
): Promise<void> {
  if (secrets.length === 0) return
  const events = secrets.map(({ kind, place }) => secretUseEntry({ id: null, kind, label: place }, use))
  await noteInAudit(async () => Promise.resolve(events), context, 'the use of a secret')
}
