import type { AuditEntry } from '../../shared/contract/audit.ts'
import type { TrustedHost } from '../../shared/contract/clusters.ts'
import type { Desk } from './desk.ts'
import { hostKeysOf } from './host-keys.ts'

type Key = Omit<TrustedHost, 'since'>

/** Every key of a host that somebody has compared and trusted here, with since when, as the audit chain tells it. */
export async function trustedHosts({ state, audit }: Pick<Desk, 'state' | 'audit'>): Promise<TrustedHost[]> {
  const keys: readonly Key[] = [
    ...state.clusters.list().flatMap((cluster) =>
      hostKeysOf(cluster).map((key) => ({
        ...key,
        of: 'cluster' as const,
        id: cluster.id,
        name: cluster.name,
      })),
    ),
    ...state.repositories
      .list()
      .flatMap(({ id, name, address, access: { hostKey } }) =>
        hostKey === null
          ? []
          : [{ host: hostOf(address), fingerprint: hostKey, of: 'repository' as const, id, name }],
      ),
  ]
  if (keys.length === 0) return []
  const told = await entriesOfKeys(audit)
  return keys
    .map((key) => ({ ...key, since: sinceWhen(key, told) }))
    .sort((a, b) => compare(a.host, b.host) || compare(a.name, b.name))
}

/** Newest first. */
async function entriesOfKeys(audit: Desk['audit']): Promise<readonly AuditEntry[]> {
  const found: AuditEntry[] = []
  for (let before: number | undefined; ;) {
    const page = await audit.list({ limit: 500, find: 'SHA256:', before })
    found.push(...page.entries)
    before = page.entries.at(-1)?.seq
    if (!page.more || before === undefined) return found
  }
}

/** The first entry that names the key since it was last forgotten; null where the chain does not tell, as after an import. */
function sinceWhen({ name, fingerprint }: Key, newestFirst: readonly AuditEntry[]): string | null {
  const told = newestFirst.filter(
    ({ subject, facts }) => subject === name && facts.some(({ value }) => value.includes(fingerprint)),
  )
  const forgotten = told.findIndex(({ action }) => action === 'host.forgotten')
  return (forgotten === -1 ? told : told.slice(0, forgotten)).at(-1)?.at ?? null
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
