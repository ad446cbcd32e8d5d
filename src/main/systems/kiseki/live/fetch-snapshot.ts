import { HoldfastError } from '../../../../shared/domain/error.ts'
import type { Session, SnapshotProgress } from '../../../ports/cluster-driver.ts'
import type { ObjectStore } from '../../../ports/object-store.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { KisekiConnection } from './connection.ts'

const copyDeadlineMs = 6 * 60 * 60_000

/**
 * Copies a snapshot that a node wrote into its own folder (source: backup/lib.rs, file-system backend) into the repository, under the names that
 * kiseki itself would have given: the archive first, the manifest last, so that what is cut in between is no snapshot.
 */
export async function fetchSnapshot(
  snapshotId: string,
  session: Session,
  config: KisekiConnection,
  report: SnapshotProgress,
): Promise<void> {
  if (config.hosts.length === 0 || config.backupFolder === '') {
    throw new HoldfastError('connection.missing', {
      what: 'The connection names no host, or no folder, to fetch the snapshot from.',
      unchanged: 'The node may have written it into its own folder; nothing was copied.',
      next: 'Add the hosts and KISEKI_BACKUP_DIR to the connection.',
    })
  }
  const folder = `${config.backupFolder.replace(/\/+$/, '')}/${snapshotId}`
  const host = await hostThatHas(`${folder}/manifest.json`, session, config)
  const store = await session.repository('write')
  for (const name of ['snapshot.tar', 'manifest.json']) {
    report.log('info', `Copying ${name} from ${host.name}.`)
    await copyFile(host, `${folder}/${name}`, store, `${snapshotId}/${name}`, session.signal)
  }
}

async function hostThatHas(
  file: string,
  session: Session,
  { hosts, ssh }: KisekiConnection,
): Promise<RemoteHost> {
  for (const address of hosts) {
    const host = await session.host(address, ssh)
    const { code } = await host.run({ argv: ['test', '-f', file], deadlineMs: 10_000 }, session.signal)
    if (code === 0) return host
  }
  throw new HoldfastError('host.commandFailed', {
    what: `None of the hosts has ${file}.`,
    why: 'The node that was asked is another one, or its backend is not the file system.',
    unchanged: 'Nothing was copied.',
    next: 'Check KISEKI_BACKUP_BACKEND and KISEKI_BACKUP_DIR of the nodes.',
  })
}

async function copyFile(
  host: RemoteHost,
  path: string,
  store: ObjectStore,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const { stdout, ended } = await host.start(
    { argv: ['cat', '--', path], deadlineMs: copyDeadlineMs },
    signal,
  )
  // Whoever reads to the end hears of a failure here; before that the reading itself fails.
  ended.catch(() => undefined)
  await store.putStream(key, untilSuccess(stdout, ended, path, host), { ifAbsent: true, signal })
}

/** The bytes, and no end before the command has ended well: a cut copy becomes no object. */
async function* untilSuccess(
  stdout: AsyncIterable<Uint8Array>,
  ended: Promise<{ readonly code: number | null; readonly stderr: string }>,
  path: string,
  host: RemoteHost,
): AsyncGenerator<Uint8Array> {
  yield* stdout
  const { code, stderr } = await ended
  if (code === 0) return
  throw new HoldfastError('host.commandFailed', {
    what: `${path} could not be read on ${host.name}.`,
    ...(stderr !== '' && { why: stderr.trim() }),
    unchanged: 'No snapshot was written into the repository.',
    next: 'Check what the account may read there.',
  })
}
