import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { quoted } from '../../../engine/archive/entry-name.ts'
import type { Session, SnapshotOutcome, SnapshotProgress } from '../../../ports/cluster-driver.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import { manifestName, readManifest, type ArmadaManifest } from '../manifest.ts'
import { completeWith } from '../writer.ts'
import type { ArmadaConnection } from './connection.ts'
import { findTool, type Tool } from './find-tool.ts'
import { newFolder, storeTables } from './stored-tables.ts'

const usualDeadlineMs = 30_000
/** The tool gives up by itself after 1 h (source: backup.go). */
const backupDeadlineMs = 70 * 60_000
const copyDeadlineMs = 6 * 60 * 60_000
const mostManifestBytes = 16 * 1024 * 1024

/**
 * Lets the tool of a host make a backup in a temporary folder there, and copies it from there as if it were streamed. The manifest is the
 * tool's own, byte for byte; the sidecar beside it has what was read of each table as it passed, and says that what the servers say of tables in
 * error, and their version, are not known in this way.
 */
export async function backUpOverSsh(
  session: Session,
  config: ArmadaConnection,
  report: SnapshotProgress,
): Promise<SnapshotOutcome> {
  const { signal } = session
  const [server] = config.servers
  if (server === undefined) throw noHost()
  const { host, tool } = await firstUsable(session, config, report)
  const command = commandOf(tool, server, config)
  const token = config.maintenanceToken === null ? null : await session.token(config.maintenanceToken)
  const folder = await makeFolder(host, signal)
  try {
    report.log('info', `${tool.program} makes a backup on ${host.name}.`)
    await runTool(host, tool, command(folder), token, signal)
    return await copyBackup(host, folder, tool, session, report)
  } finally {
    await removeFolder(host, folder, report)
  }
}

/** The first host that can be logged in to and has the tool; nothing was asked of any of them before. Throws why the first one is none. */
async function firstUsable(
  session: Session,
  { hosts, ssh }: ArmadaConnection,
  report: SnapshotProgress,
): Promise<{ readonly host: RemoteHost; readonly tool: Tool }> {
  const problems: HoldfastError[] = []
  for (const address of hosts) {
    try {
      const host = await session.host(address, ssh)
      return { host, tool: await findTool(host, session.signal) }
    } catch (error) {
      if (!isHoldfastError(error) || error.code === 'cancelled') throw error
      problems.push(error)
      report.log('warning', `${address} is left out: ${error.text.what}`)
    }
  }
  throw problems[0] ?? noHost()
}

/** Every option by its name, as what is left out is taken from the environment and from files of the host (source: flags.go). */
function commandOf(
  { program }: Tool,
  origin: string,
  { hostCa, maintenanceToken }: ArmadaConnection,
): (folder: string) => readonly [string, ...string[]] {
  const { protocol, hostname, port } = new URL(origin)
  const isPlain = protocol === 'http:'
  // Source (common.go): armada always speaks TLS; arctl (newer) also plaintext, and then refuses to send a token.
  if (isPlain && (program === 'armada' || maintenanceToken !== null)) {
    throw new HoldfastError('master.insecure', {
      what:
        program === 'armada'
          ? `armada speaks TLS alone, and ${origin} is plaintext.`
          : `${origin} is plaintext, and the connection has a token for it.`,
      unchanged: 'Nothing was asked for, and the token was not sent.',
      next: 'Give the server a certificate and use https: in its address.',
    })
  }
  const target = `${hostname}:${port === '' ? (isPlain ? '80' : '443') : port}`
  // Source, newer: arctl wants the scheme, armada none.
  const address = program === 'arctl' ? `${protocol}//${target}` : target
  return (folder) => [
    program,
    'backup',
    `--address=${address}`,
    `--dir=${folder}`,
    `--ca=${hostCa}`,
    '--json=false',
  ]
}

async function makeFolder(host: RemoteHost, signal: AbortSignal): Promise<string> {
  const { code, stdout, stderr } = await host.run(
    { argv: ['mktemp', '-d', '-t', 'holdfast-armada.XXXXXXXXXX'], deadlineMs: usualDeadlineMs },
    signal,
  )
  const folder = stdout.replace(/\n$/, '')
  // It is removed with all that is in it, so nothing else than such a folder is believed.
  if (code === 0 && /^\/[^\n]*\/holdfast-armada\.[A-Za-z0-9]{10}$/.test(folder)) return folder
  throw commandFailed(`No temporary folder could be made on ${host.name}.`, stderr)
}

async function removeFolder(host: RemoteHost, folder: string, report: SnapshotProgress): Promise<void> {
  // Without the session's signal: it is removed after a cancellation too.
  const ended = await host
    .run({ argv: ['rm', '-rf', '--', folder], deadlineMs: usualDeadlineMs })
    .catch((error: unknown) => {
      if (!isHoldfastError(error)) throw error
      return null
    })
  if (ended?.code !== 0)
    report.log('warning', `${folder} was left behind on ${host.name}: it holds the tables, remove it.`)
}

async function runTool(
  host: RemoteHost,
  { program }: Tool,
  argv: readonly [string, ...string[]],
  token: string | null,
  signal: AbortSignal,
): Promise<void> {
  // Source (flags.go; newer: arctl's prefix): taken where the flag is not given, so `ps` does not show it.
  const name = program === 'arctl' ? 'ARMADA_TOKEN' : 'TOKEN'
  const { code, stderr } = await host.run(
    {
      argv: [...argv],
      deadlineMs: backupDeadlineMs,
      ...(token !== null && { secretEnvironment: { [name]: token } }),
    },
    signal,
  )
  if (code === 0) return
  const said = token === null ? stderr : stderr.replaceAll(token, '…')
  throw commandFailed(`${program} made no backup on ${host.name}.`, said)
}

async function copyBackup(
  host: RemoteHost,
  folder: string,
  { program, version: toolVersion }: Tool,
  session: Session,
  report: SnapshotProgress,
): Promise<SnapshotOutcome> {
  const bytes = await readSmallFile(host, `${folder}/${manifestName}`, session.signal)
  const manifest = manifestIn(bytes, host)
  const md5 = new Map(manifest.tables.map((table) => [table.name, table.md5]))
  report.log('warning', 'Whether a server left out tables in error is not known: the tool does not tell.')
  const store = await session.repository('write')
  const backupId = newFolder(session)
  const { written, version } = await storeTables(
    {
      backupId,
      tables: manifest.tables.map(({ name }) => name),
      pieces: (table) => readFile(host, `${folder}/${table}.bak`, session.signal),
      judge(table) {
        if (md5.get(table.table) === table.md5) return
        throw notAsAnnounced(host, 'It arrived with another MD5 than its manifest says.')
      },
      version: manifest.version,
    },
    store,
    session,
    report,
  )
  await completeWith(
    { backupId, serverVersion: null, statusErrors: null, tables: written },
    bytes,
    { store },
    session.signal,
  )
  return {
    kind: 'made',
    backupId,
    hash: null,
    facts: [
      { name: 'host', value: host.name },
      { name: 'tool', value: `${program} ${toolVersion ?? 'of an unknown version'}` },
      { name: 'format', value: String(version) },
      { name: 'tables', value: String(written.length) },
      { name: 'tables in error', value: 'not told' },
    ],
  }
}

function manifestIn(bytes: Uint8Array, host: RemoteHost): ArmadaManifest {
  const reading = readManifest(bytes)
  if (!reading.ok) throw notAsAnnounced(host, reading.finding.message)
  const odd = reading.manifest.tables.find(
    ({ name, fileName, unsafe }) => unsafe !== null || fileName !== `${name}.bak`,
  )
  if (odd !== undefined)
    throw notAsAnnounced(host, `Its manifest names an unusual file, ${quoted(odd.fileName)}.`)
  return reading.manifest
}

async function readSmallFile(host: RemoteHost, path: string, signal: AbortSignal): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  for await (const piece of readFile(host, path, signal)) {
    sizeBytes += piece.byteLength
    if (sizeBytes > mostManifestBytes) throw notAsAnnounced(host, 'Its manifest is too long to be one.')
    parts.push(piece)
  }
  return Buffer.concat(parts)
}

/** The bytes, and no end before the command has ended well: a cut copy becomes no object. */
async function* readFile(
  host: RemoteHost,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { stdout, ended } = await host.start(
    { argv: ['cat', '--', path], deadlineMs: copyDeadlineMs },
    signal,
  )
  // Whoever reads to the end hears of a failure below; before that the reading itself fails.
  ended.catch(() => undefined)
  yield* stdout
  const { code, stderr } = await ended
  if (code !== 0) throw commandFailed(`${path} could not be read on ${host.name}.`, stderr)
}

function notAsAnnounced(host: RemoteHost, why: string): HoldfastError {
  return new HoldfastError('host.badAnswer', {
    what: `What was made on ${host.name} cannot be taken for a backup.`,
    why,
    unchanged: 'No backup was made, and nothing was changed in the cluster.',
    next: 'Take the backup again.',
  })
}

function commandFailed(what: string, stderr: string): HoldfastError {
  // The tool prints how it is used after what went wrong, so the beginning is what counts (source: cobra).
  const said = stderr.trim().replace(/\s+/g, ' ').slice(0, 300)
  return new HoldfastError('host.commandFailed', {
    what,
    ...(said !== '' && { why: `It says: “${said}”.` }),
    unchanged: 'No backup was made, and nothing was changed in the cluster.',
    next: 'Look at the host, then take the backup again.',
  })
}

function noHost(): HoldfastError {
  return new HoldfastError('connection.missing', {
    what: 'The connection names no host whose tool could make the backup.',
    unchanged: 'Nothing was asked for.',
    next: 'Add a host to the connection, or stream the backup from a server.',
  })
}
