import type {
  Backup,
  Chain,
  ContentEvent,
  StoreRow,
  VerificationEntry,
} from '../../../src/shared/contract/backups.ts'
import type { Cluster } from '../../../src/shared/contract/clusters.ts'
import { dated } from './sample-look.ts'
import { hexOf, iso } from './seeded.ts'

/** One backup as the chain tells it, with a manifest that agrees. */
export function sampleBackup(chain: Chain, cluster: Cluster, place: number): Backup | null {
  const row = chain.backups[place]
  if (row === undefined) return null
  const stores = row.holds.flatMap((at, lane) => (at === null ? [] : storeRow(chain, row, lane, at)))
  const good = chain.backups.find(({ restorability }) => restorability === 'restorable')
  return {
    backupId: row.backupId,
    asOf: chain.asOf,
    createdAt: row.createdAt,
    cluster: cluster.name,
    sizeBytes: row.sizeBytes,
    newBytes: row.newBytes,
    verdict: row.verdict,
    restorability: row.restorability,
    level: row.level,
    failedAt: row.failedAt,
    verifiedAt: row.verifiedAt,
    stores,
    findings: row.finding === null || row.finding.code !== 'backup.empty' ? [] : [row.finding],
    manifestText: cluster.system === 'chango' ? null : manifestOf(row, stores, cluster),
    assumed:
      cluster.system === 'chango' ? 'The archive names no cluster; that it is this one is assumed.' : null,
    newer: chain.backups[place - 1]?.backupId ?? null,
    older: chain.backups[place + 1]?.backupId ?? null,
    newestRestorable: dated(good),
    contents:
      cluster.system === 'kiseki'
        ? { kind: 'none', reason: 'A snapshot of this server version has no content that could be listed.' }
        : {
            kind: 'archive',
            readsBytes: row.sizeBytes ?? 0,
            note: 'Every object is read once as a stream; nothing of it is kept.',
          },
  }
}

function storeRow(chain: Chain, row: Chain['backups'][number], lane: number, at: number): StoreRow[] {
  const object = chain.objects[at]
  if (object === undefined) return []
  const { state, key, holder, sizeBytes, verifiedAt, users, level } = object
  const isRead = state !== 'neverRead' && state !== 'missing'
  return [
    {
      store: chain.stores[lane] ?? '',
      key,
      object: key,
      holder,
      heldByItself: holder === row.backupId,
      sizeBytes,
      sha256: isRead ? hexOf(`stored ${key}`, 64) : null,
      plainSha256: state === 'intact' ? hexOf(`plain ${key}`, 64) : null,
      state,
      level,
      failedAt: state === 'damaged' ? 'intact' : state === 'missing' ? 'present' : null,
      notProvable: row.notProvable.map((each) => ({
        level: each,
        reason: 'The format has no fact to hold it against.',
      })),
      verifiedAt,
      intactBy: state === 'intact' ? 'SHA-256 in the manifest' : null,
      users,
      findings: state === 'intact' || row.finding === null ? [] : [row.finding],
    },
  ]
}

function manifestOf(
  { backupId, createdAt }: Chain['backups'][number],
  stores: readonly StoreRow[],
  { name, system }: Cluster,
): string {
  return JSON.stringify(
    {
      version: 2,
      backupId,
      createdAt,
      cluster: name,
      system,
      stores: Object.fromEntries(
        stores.map(({ store, holder, sizeBytes, key }) => [
          store,
          { holder, object: key, sizeBytes, sha256: hexOf(`stored ${key}`, 64) },
        ]),
      ),
      writer: { program: `${system}-master`, version: '1.0.0', host: 'master-1' },
    },
    null,
    2,
  )
}

/** What a listing of its archive would find, in pieces. */
export function* sampleContents(backup: Backup): Generator<ContentEvent> {
  let readBytes = 0
  let entries = 0
  for (const { store, sizeBytes, state } of backup.stores) {
    if (state === 'missing' || state === 'damaged') {
      yield { type: 'end', entries, reason: `${store} could not be read to its end.` }
      return
    }
    const files = Array.from({ length: 40 }, (_, place) => ({
      path: `${store}/${String(place >> 3).padStart(2, '0')}/segment-${String(place).padStart(5, '0')}.sst`,
      kind: 'file' as const,
      sizeBytes: Math.round((sizeBytes ?? 0) / 40),
      part: store,
    }))
    readBytes += sizeBytes ?? 0
    entries += files.length + 1
    yield {
      type: 'entries',
      entries: [{ path: `${store}/`, kind: 'folder', sizeBytes: 0, part: store }, ...files],
      readBytes,
    }
  }
  yield { type: 'end', entries, reason: null }
}

export function sampleHistory(backup: Backup): VerificationEntry[] {
  if (backup.verifiedAt === null) return []
  const findings = backup.stores.flatMap((store) => store.findings).slice(0, 1)
  const at = Date.parse(backup.verifiedAt)
  return [
    { at: backup.verifiedAt, jobId: null, verdict: backup.verdict, level: backup.level, findings },
    {
      at: iso(at - 7 * 86_400_000),
      jobId: null,
      verdict: backup.verdict === 'bad' ? 'good' : backup.verdict,
      level: 'wellFormed',
      findings: [],
    },
  ]
}
