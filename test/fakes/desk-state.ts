import { defaultSettings } from '../../src/main/adapters/saved-state/documents.ts'
import type {
  Collection,
  DeskState,
  LastAnchor,
  SavedCluster,
  SavedCredential,
  SavedLook,
  SavedPosture,
  SavedRepository,
  SavedSearchText,
  SavedTarget,
  Single,
  VaultChoice,
} from '../../src/main/ports/desk-state.ts'
import { HoldfastError } from '../../src/shared/domain/error.ts'

/** Saved state that is kept in memory alone: nothing breaks, nothing is durable. */
export function memoryDeskState(options: { readonly readOnlyBecause?: string } = {}): DeskState {
  return memoryDeskPlace().open(options)
}

type Verdict = Parameters<DeskState['verifications']['append']>[1][number]

/** What outlives the instances that open it one after the other; the first that is open holds it. */
export function memoryDeskPlace(): {
  open(options?: { readonly readOnlyBecause?: string }): DeskState
} {
  const clusters = new Map<string, SavedCluster>()
  const repositories = new Map<string, SavedRepository>()
  const credentials = new Map<string, SavedCredential>()
  const targets = new Map<string, SavedTarget>()
  const looks = new Map<string, SavedLook>()
  const postures = new Map<string, SavedPosture>()
  const searchTexts = new Map<string, SavedSearchText>()
  const settings = { value: defaultSettings }
  const lastAnchor: { value: LastAnchor } = { value: { last: null } }
  const vaultChoice: { value: VaultChoice } = { value: { backend: 'none' } }
  const verifications = new Map<string, readonly Verdict[]>()
  let isHeld = false

  return {
    open(options = {}) {
      const readOnlyBecause = options.readOnlyBecause ?? (isHeld ? 'It is held by process 1.' : null)
      let isOpen = true
      if (readOnlyBecause === null) isHeld = true
      const mayWrite = (): void => {
        if (readOnlyBecause === null && isOpen) return
        throw new HoldfastError('state.readOnly', { what: 'What is saved cannot be changed here.' })
      }
      return {
        folder: '/nowhere',
        readOnlyBecause,
        problems: [],
        clusters: collection(clusters, mayWrite),
        repositories: collection(repositories, mayWrite),
        credentials: collection(credentials, mayWrite),
        targets: collection(targets, mayWrite),
        settings: single(settings, mayWrite),
        vaultChoice: single(vaultChoice, mayWrite),
        lastAnchor: single(lastAnchor, mayWrite),
        looks: collection(looks, mayWrite),
        postures: collection(postures, mayWrite),
        searchTexts: {
          get: async (id) => searchTexts.get(id) ?? null,
          async put(id, saved) {
            mayWrite()
            searchTexts.set(id, saved)
          },
          async remove(id) {
            mayWrite()
            searchTexts.delete(id)
          },
        },
        verifications: {
          async append(repository, entries) {
            mayWrite()
            const newestFirst = structuredClone(entries).toReversed()
            verifications.set(repository, [...newestFirst, ...(verifications.get(repository) ?? [])])
          },
          list: async (repository, backupId) =>
            (verifications.get(repository) ?? [])
              .filter((entry) => entry.backupId === backupId)
              .map(({ at, jobId, verdict, level, findings }) => ({ at, jobId, verdict, level, findings })),
        },
        async close() {
          if (isOpen && readOnlyBecause === null) isHeld = false
          isOpen = false
        },
      }
    },
  }
}

function collection<T extends { readonly id: string }>(
  records: Map<string, T>,
  mayWrite: () => void,
): Collection<T> {
  return {
    list: () => [...records.values()],
    get: (id) => records.get(id) ?? null,
    async put(record) {
      mayWrite()
      records.set(record.id, structuredClone(record))
    },
    async putAll(all, demand) {
      mayWrite()
      if (all.length > 0) demand?.([...records.values()])
      for (const record of all) records.set(record.id, structuredClone(record))
    },
    async change(id, change) {
      mayWrite()
      const now = records.get(id)
      if (now === undefined) return null
      const changed = structuredClone(change(now))
      records.set(id, changed)
      return changed
    },
    async remove(id) {
      mayWrite()
      records.delete(id)
    },
  }
}

function single<T>(kept: { value: T }, mayWrite: () => void): Single<T> {
  return {
    get: () => kept.value,
    async set(value) {
      mayWrite()
      kept.value = structuredClone(value)
    },
  }
}
