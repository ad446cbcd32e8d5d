import { createHash } from 'node:crypto'
import type { SnapshotWay } from '../../../../shared/contract/masters.ts'
import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { gzip, tarSizeBytes, writeTar, type TarInput } from '../../../engine/archive/tar-writer.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { Session, SnapshotOutcome, SnapshotProgress } from '../../../ports/cluster-driver.ts'
import type { ObjectStore } from '../../../ports/object-store.ts'
import { sidecarEnding } from '../object-names.ts'
import type { ChangoConnection } from './connection.ts'
import { findStores, type Stores } from './find-stores.ts'
import { holdStopped } from './hold-stopped.ts'
import { hostFailed, openMasterHost, type MasterHost } from './on-host.ts'
import { openSealing, type Sealing } from './seal-archive.ts'
import { runningMaster } from './running-master.ts'
import { sealedWay } from './stopped-ways.ts'
import { demandUnchanged, readEntries, walkStores, type StoreEntry } from './walk-stores.ts'

const startDeadlineMs = 60_000

/**
 * An archive that this console makes itself (reference format: chango/1 with `files`). Its bytes go from the host into the
 * repository as they come, and lie nowhere in between.
 */
export async function archiveStopped(
  session: Session,
  config: ChangoConnection,
  way: SnapshotWay,
  report: SnapshotProgress,
): Promise<SnapshotOutcome> {
  const host = await openMasterHost(firstHost(config), session, config)
  const stores = await demandStores(host, config, session.signal)
  const master = await runningMaster(host, config.home, session.signal)
  if (master === null) throw notRunning(host)
  // Before anything is stopped: it may not be there.
  const store = await session.repository('write')
  using sealing = way.id === sealedWay.id ? await openSealing(session) : null
  report.log('info', `The master on ${host.name} is stopped.`)
  const held = await holdStopped(host, config.home, master)
  const stoppedMs = session.clock.now()
  const [made] = await Promise.allSettled([makeArchive(store, { host, stores, session, report, sealing })])
  const problem = await startedAgain(host, config, master.pid, await held.startAgain(), session)
  if (problem !== null) throw notStarted(host, config, problem, made)
  report.log('info', `The master on ${host.name} runs again.`)
  if (made.status === 'rejected') throw made.reason
  const archive = made.value
  return {
    kind: 'made',
    backupId: archive.backupId,
    hash: { object: archive.key, sha256: archive.sha256 },
    facts: [
      { name: 'host', value: host.name },
      { name: 'entries', value: String(archive.entries) },
      { name: 'sha256', value: archive.sha256 },
      { name: 'master was down', value: `${Math.ceil((session.clock.now() - stoppedMs) / 1000)} s` },
    ],
  }
}

interface Making {
  readonly host: MasterHost
  readonly stores: Stores
  readonly session: Session
  readonly report: SnapshotProgress
  /** Null: the archive is not sealed. */
  readonly sealing: Sealing | null
}

/** Written whole or not at all; what is beside it comes last. */
async function makeArchive(store: ObjectStore, making: Making): Promise<Archive> {
  const { host, stores, session, sealing } = making
  const { signal } = session
  const named = nameArchive(session)
  const entries = await walkStores(host, stores, signal)
  const sha256 = createHash('sha256')
  const { stdout } = await host.run(['uname', '-n'], signal)
  const describe = manifestOf(named, printable(stdout.trim()), stores)
  const tar = archived(entries, describe, making)
  const bytes = hashed(
    sealing === null ? gzip(tar) : sealing.seal(tar, named, tarBytes(entries, describe)),
    sha256,
  )
  await store.putStream(named.key, bytes, { ifAbsent: true, signal })
  const archive = { ...named, sha256: sha256.digest('hex'), entries: entries.length }
  const line = Buffer.from(`${archive.sha256}  ${named.key}\n`)
  await store.put(named.key + sidecarEnding, line, { ifAbsent: true, signal })
  return archive
}

interface Named {
  readonly key: string
  readonly backupId: string
  readonly at: string
}

interface Archive extends Named {
  readonly sha256: string
  readonly entries: number
}

/** Documented (features/backup): `chango-<timestamp>-<uuid>.tar.gz`. */
function nameArchive({ clock, random }: Session): Named {
  const at = new Date(clock.now()).toISOString()
  const hex = Buffer.from(random.bytes(16)).toString('hex')
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const backupId = `chango-${at.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-${uuid}`
  return { key: `${backupId}.tar.gz`, backupId, at }
}

interface ListedFile {
  readonly path: string
  readonly size: number
  readonly sha256: string
}

type Describe = (files: readonly ListedFile[]) => Buffer

function manifestOf({ backupId, at }: Named, hostname: string, { patches }: Stores): Describe {
  return (files) =>
    Buffer.from(
      JSON.stringify({ backupId, timestamp: at, hostname, patchesIncluded: patches !== null, files }),
    )
}

const manifestEntry = 'manifest.json'

/** Every hash is as long as any other one: the size of the manifest is known before what it says. */
function tarBytes(entries: readonly StoreEntry[], describe: Describe): number {
  const files = entries
    .filter(({ kind }) => kind === 'file')
    .map(({ name, sizeBytes }) => ({ path: name, size: sizeBytes, sha256: '0'.repeat(64) }))
  const manifest = { name: manifestEntry, kind: 'file', sizeBytes: describe(files).byteLength } as const
  return tarSizeBytes([...entries, manifest])
}

/** The tar: what lies there, and at last the manifest with the hash of each file, once nothing has changed meanwhile. */
function archived(
  entries: readonly StoreEntry[],
  describe: Describe,
  { host, stores, session, report }: Making,
): AsyncIterable<Uint8Array> {
  const totalBytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const files: ListedFile[] = []
  let doneBytes = 0
  async function* inputs(): AsyncGenerator<TarInput, void, undefined> {
    for await (const entry of readEntries(host, entries, session.signal)) {
      const { name, kind, sizeBytes, pieces } = entry
      const sha256 = createHash('sha256')
      yield {
        name,
        kind,
        sizeBytes,
        pieces: hashed(pieces, sha256, (bytes) => report.progress((doneBytes += bytes), totalBytes)),
      }
      if (kind === 'file') files.push({ path: name, size: sizeBytes, sha256: sha256.digest('hex') })
    }
    await demandUnchanged(entries, host, stores, session.signal)
    const manifest = describe(files)
    yield { name: manifestEntry, kind: 'file', sizeBytes: manifest.byteLength, pieces: [manifest] }
  }
  return writeTar(inputs())
}

async function* hashed(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sha256: ReturnType<typeof createHash>,
  passed: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of pieces) {
    sha256.update(piece)
    passed(piece.byteLength)
    yield piece
  }
}

/** Null once another process runs than the one that was stopped; asked without the session's signal, after a cancellation too. */
async function startedAgain(
  host: MasterHost,
  { home }: ChangoConnection,
  oldPid: string,
  problem: string | null,
  { clock }: Session,
): Promise<string | null> {
  if (problem !== null) return problem
  try {
    for (let leftMs = startDeadlineMs; leftMs > 0; leftMs -= 1000) {
      const now = await runningMaster(host, home)
      if (now !== null && now.pid !== oldPid) return null
      await clock.wait(1000)
    }
  } catch (error) {
    if (!isHoldfastError(error)) throw error
    return `start-master.sh ended well; whether it runs could not be asked: ${error.text.what}`
  }
  return 'start-master.sh ended well, and no master runs 1 min later.'
}

function firstHost({ hosts }: ChangoConnection): string {
  const [address] = hosts
  if (address !== undefined) return address
  throw new HoldfastError('connection.missing', {
    what: 'The connection names no host whose master could be stopped.',
    unchanged: 'Nothing was stopped.',
    next: 'Add the host of a master to the connection, or ask the masters for a backup.',
  })
}

async function demandStores(
  host: MasterHost,
  config: ChangoConnection,
  signal: AbortSignal,
): Promise<Stores> {
  const stores = await findStores(host, config, signal)
  if (stores !== null) return stores
  throw hostFailed(`The three stores were not found on ${host.name}.`, null, {
    unchanged: 'Nothing was stopped.',
    next: `Name their folder in the connection, and the user that may read it (now ${config.runAs}).`,
  })
}

function notRunning(host: MasterHost): HoldfastError {
  return hostFailed(`No master runs on ${host.name} that could be stopped and started again.`, null, {
    unchanged: 'Nothing was stopped.',
    next: 'Start it, or name another host first in the connection.',
  })
}

function notStarted(
  host: MasterHost,
  { home, runAs }: ChangoConnection,
  why: string,
  made: PromiseSettledResult<Archive>,
): HoldfastError {
  return new HoldfastError('host.commandFailed', {
    what: `The master on ${host.name} is not known to run again.`,
    why,
    unchanged:
      made.status === 'rejected'
        ? 'No archive was made.'
        : `The archive ${made.value.key} is in the repository.`,
    next: `Look there, and start it where it is down: ${sh`sudo -u ${runAs} -E ${home}/bin/start-master.sh`}, with its key in the environment and the arguments that it had.`,
  })
}
