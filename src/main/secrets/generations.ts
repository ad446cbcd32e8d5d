import type { AuditLog } from '../ports/audit-log.ts'
import type { SecretVault } from '../ports/secret-vault.ts'

const factName = 'vault generation'

/**
 * The chain remembers how often the sealed file was saved, so that an older copy put back is noticed: its saves are fewer
 * than the chain knows of. Nothing is noted of a place that does not count.
 */
export async function noteGeneration(vault: SecretVault, action: string, audit: AuditLog): Promise<void> {
  if (vault.generation === null) return
  await audit.append({
    action,
    subject: vault.name,
    facts: [{ name: factName, value: String(vault.generation) }],
  })
}

/** A sentence where the place is an older one than the chain knows; else null. */
export async function findRollback(vault: SecretVault, audit: AuditLog): Promise<string | null> {
  const { generation } = vault
  if (generation === null) return null
  const { entries } = await audit.list({ limit: 100, find: factName })
  const known = entries
    .filter(({ action, subject }) => action.startsWith('vault.') && subject === vault.name)
    .flatMap(({ facts }) => facts.filter(({ name }) => name === factName))
    .map(({ value }) => Number(value))
    .at(0)
  if (known === undefined || generation >= known) return null
  return `An older copy was put in its place: it was saved ${generation} times, and the audit chain knows of ${known}. Secrets that were added or replaced since are missing or old.`
}
