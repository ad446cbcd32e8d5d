import type { Collection, DeskState, Single } from '../../src/main/ports/desk-state.ts'

/** Saved state that is kept in memory alone: nothing breaks, nothing is durable. */
export function memoryDeskState(options: { readonly readOnlyBecause?: string } = {}): DeskState {
  const verifications = new Map<string, Parameters<DeskState['verifications']['append']>[1][number][]>()
  return {
    folder: '/nowhere',
    readOnlyBecause: options.readOnlyBecause ?? null,
    problems: [],
    clusters: collection(),
    repositories: collection(),
    credentials: collection(),
    targets: collection(),
    settings: single({
      theme: 'system',
      contrast: 'system',
      singleKeys: true,
      reverifyAfterDays: 30,
      lookEveryMinutes: 15,
      maxBytesPerSecond: null,
      workers: null,
      autoLockMinutes: 15,
    }),
    vaultChoice: single({ backend: 'none' }),
    looks: collection(),
    verifications: {
      append: async (repository, entries) => {
        verifications.set(repository, [...entries, ...(verifications.get(repository) ?? [])])
      },
      list: async (repository, backupId) =>
        (verifications.get(repository) ?? []).filter((entry) => entry.backupId === backupId),
    },
    close: async () => undefined,
  }
}

function collection<T extends { readonly id: string }>(): Collection<T> {
  const records = new Map<string, T>()
  return {
    list: () => [...records.values()],
    get: (id) => records.get(id) ?? null,
    put: async (record) => void records.set(record.id, record),
    remove: async (id) => void records.delete(id),
  }
}

function single<T>(first: T): Single<T> {
  let value = first
  return {
    get: () => value,
    set: async (next) => {
      value = next
    },
  }
}
