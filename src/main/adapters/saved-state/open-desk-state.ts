import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Collection, DeskState, Single } from '../../ports/desk-state.ts'
import { claimFolder, sweepClaims, type Claim } from '../files/claim-folder.ts'
import { isDraft, makePrivateFolder, systemCode } from '../files/private-files.ts'
import { openCache } from './cached-records.ts'
import { openDocument, type Document } from './document.ts'
import {
  clustersKind,
  credentialsKind,
  lastAnchorKind,
  looksKind,
  posturesKind,
  repositoriesKind,
  settingsKind,
  targetsKind,
  vaultKind,
} from './documents.ts'
import { openSearchTexts } from './search-texts.ts'
import { readOnlyState, reasonOf } from './state-errors.ts'
import { openVerifications } from './verifications.ts'

export interface DeskStateParts {
  readonly clock: Clock
  /** How large a repository's file of verdicts may become. */
  readonly maxVerificationBytes?: number
}

/**
 * The saved state as files of one folder. What another instance changes is seen by the next one that opens the folder,
 * not by one that has it open. Throws `state.broken` where the folder cannot be looked into at all.
 */
export async function openDeskState(folder: string, parts: DeskStateParts): Promise<DeskState> {
  const { claim, readOnlyBecause } = await claimState(folder, parts.clock)
  let isOpen = true
  const mayWrite = (): void => {
    if (readOnlyBecause !== null) throw readOnlyState(folder, readOnlyBecause)
    if (!isOpen) throw readOnlyState(folder, 'This instance has let go of it.')
  }
  try {
    const open = <T>(kind: Parameters<typeof openDocument<T>>[1]): Promise<Document<T>> =>
      openDocument(folder, kind, mayWrite)
    const [clusters, repositories, credentials, targets, settings, vaultChoice, lastAnchor] =
      await Promise.all([
        open(clustersKind),
        open(repositoriesKind),
        open(credentialsKind),
        open(targetsKind),
        open(settingsKind),
        open(vaultKind),
        open(lastAnchorKind),
      ])
    const holds = readOnlyBecause === null
    const looks = await openCache(join(folder, 'looks'), looksKind, { mayWrite, holds })
    const postures = await openCache(join(folder, 'postures'), posturesKind, { mayWrite, holds })
    const searching = await openSearchTexts(join(folder, 'search'), { mayWrite, holds })
    const verdicts = await openVerifications(join(folder, 'verifications'), {
      mayWrite,
      holds,
      maxBytes: parts.maxVerificationBytes ?? 16 * 1024 * 1024,
    })
    const documents = [clusters, repositories, credentials, targets, settings, vaultChoice, lastAnchor]
    return {
      folder,
      readOnlyBecause,
      problems: [
        ...documents.flatMap(({ problem }) => (problem === null ? [] : [problem])),
        ...verdicts.problems,
      ],
      clusters: collection(
        clusters,
        (document) => document.clusters,
        (records) => ({ clusters: records }),
      ),
      repositories: collection(
        repositories,
        (document) => document.repositories,
        (records) => ({ repositories: records }),
      ),
      credentials: collection(
        credentials,
        (document) => document.credentials,
        (records) => ({ credentials: records }),
      ),
      targets: collection(
        targets,
        (document) => document.targets,
        (records) => ({ targets: records }),
      ),
      settings: single(settings),
      vaultChoice: single(vaultChoice),
      lastAnchor: single(lastAnchor),
      looks,
      postures,
      searchTexts: searching.searchTexts,
      verifications: verdicts.verifications,
      async close() {
        isOpen = false
        await Promise.all([...documents, looks, postures, searching, verdicts].map((one) => one.settled()))
        if (claim?.held === true) await claim.release()
      },
    }
  } catch (error) {
    if (claim?.held === true) await claim.release()
    throw error
  }
}

async function claimState(
  folder: string,
  clock: Clock,
): Promise<{ readonly claim: Claim | null; readonly readOnlyBecause: string | null }> {
  try {
    await makePrivateFolder(folder)
    const claim = await claimFolder(folder, { clock })
    if (!claim.held) {
      const { who, file } = claim.holder
      const readOnlyBecause = `It is held by ${who}. If that one is certainly gone (another machine or container), remove ${file}.`
      return { claim, readOnlyBecause }
    }
    await sweepClaims(folder)
    for (const name of await readdir(folder)) {
      if (isDraft(name)) await rm(join(folder, name), { force: true })
    }
    return { claim, readOnlyBecause: null }
  } catch (error) {
    const code = systemCode(error)
    if (code === null) throw error
    const canBeRead = await readdir(folder).then(
      () => true,
      () => false,
    )
    if (canBeRead) return { claim: null, readOnlyBecause: `It cannot be written. ${reasonOf(error)}` }
    throw new HoldfastError(
      'state.broken',
      {
        what: `The folder ${folder}, where Holdfast keeps what it knows, cannot be used.`,
        why: reasonOf(error),
        unchanged: 'Nothing was changed.',
        next: 'Mend that, or choose another folder with HOLDFAST_STATE_DIR.',
      },
      { cause: error },
    )
  }
}

function collection<D, T extends { readonly id: string }>(
  document: Document<D>,
  recordsOf: (document: D) => readonly T[],
  documentOf: (records: readonly T[]) => D,
): Collection<T> {
  return {
    list: () => recordsOf(document.get()),
    get: (id) => recordsOf(document.get()).find((record) => record.id === id) ?? null,
    put: (record) => document.change((now) => documentOf(withRecord(recordsOf(now), record))),
    putAll: async (records, demand) => {
      if (records.length === 0) return
      await document.change((now) => {
        demand?.(recordsOf(now))
        return documentOf(records.reduce(withRecord, recordsOf(now)))
      })
    },
    async change(id, change) {
      let changed: T | null = null
      await document.change((now) => {
        const records = recordsOf(now)
        const there = records.find((record) => record.id === id)
        if (there === undefined) return now
        changed = change(there)
        return documentOf(withRecord(records, changed))
      })
      return changed
    },
    remove: (id) => document.change((now) => documentOf(recordsOf(now).filter((one) => one.id !== id))),
  }
}

function withRecord<T extends { readonly id: string }>(records: readonly T[], record: T): readonly T[] {
  return records.some(({ id }) => id === record.id)
    ? records.map((one) => (one.id === record.id ? record : one))
    : [...records, record]
}

function single<T>(document: Document<T>): Single<T> {
  return { get: () => document.get(), set: (value) => document.change(() => value) }
}
