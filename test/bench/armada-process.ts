/**
 * One side of the armada section, in a process of its own.
 *
 *   serve FILE            a server with one table, the file; says its address, and ends with its input
 *   raw ADDRESS           a client that reads the table and counts its bytes
 *   backup ADDRESS URL    a backup as Holdfast makes it, into the folder
 *
 * A client says what it measured as one line of JSON.
 */
import { open, stat } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { Client, credentials } from '@grpc/grpc-js'
import { backUpDirect } from '../../src/main/systems/armada/live/direct.ts'
import { armadaConnection } from '../../src/main/systems/armada/live/connection.ts'
import { armadaProtocol } from '../../src/main/systems/armada/protocol.ts'
import { LabStatus, startGrpcServer } from '../lab/grpc-server.ts'
import { labSessions } from '../lab/masters/lab-session.ts'

/** Source (snapshot.go): a server cuts its stream into pieces of 1 MiB. */
const pieceBytes = 1024 * 1024
const table = 'bench'
/** As it is built: one from the sources begins with taking their types out. */
const workerUrl = new URL('../../out/main/worker.js', import.meta.url)
const backupPath = '/maintenance.v1.Maintenance/Backup'

const [mode, ...given] = process.argv.slice(2)
if (mode === 'serve') await serve(given[0] ?? '')
else await tellOf(async () => (mode === 'raw' ? raw(given[0] ?? '') : backup(given[0] ?? '', given[1] ?? '')))

async function serve(file: string): Promise<void> {
  const server = await startGrpcServer(armadaProtocol, {
    '/regatta.v1.Cluster/Status': {
      unary: () => ({ id: 'bench', version: 'v0.10.0', tables: { [table]: { leader: '1' } } }),
    },
    '/regatta.v1.Tables/List': { unary: () => ({ tables: [{ name: table, id: '1' }] }) },
    [backupPath]: {
      async *serverStream({ table: asked }) {
        if (!(asked instanceof Uint8Array) || Buffer.from(asked).toString() !== table)
          throw new LabStatus('UNKNOWN', 'table not found')
        await using handle = await open(file)
        const { size } = await handle.stat()
        for (let at = 0; at < size; at += pieceBytes) {
          const data = Buffer.allocUnsafe(Math.min(pieceBytes, size - at))
          await handle.read(data, 0, data.byteLength, at)
          yield { data, len: String(data.byteLength) }
        }
      },
    },
  })
  console.log(server.target)
  await text(process.stdin)
  await server.stop()
}

/** No message is decoded, nothing is looked at. */
async function raw(target: string): Promise<void> {
  const client = new Client(target, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc-node.flow_control_window': 4 * pieceBytes,
  })
  // BackupRequest { table = 1 }, https://protobuf.dev/programming-guides/encoding
  const request = Buffer.concat([Buffer.of(0x0a, table.length), Buffer.from(table)])
  const messages = client.makeServerStreamRequest(
    backupPath,
    (bytes: Buffer) => bytes,
    (bytes: Buffer) => bytes,
    request,
  )
  let sizeBytes = 0
  for await (const message of messages) if (Buffer.isBuffer(message)) sizeBytes += message.byteLength
  client.close()
  if (sizeBytes < pieceBytes) throw new Error('not all bytes came through')
}

async function backup(target: string, repository: string): Promise<void> {
  await stat(new URL(repository))
  const session = labSessions({ name: 'bench', system: 'armada', address: repository }, {}, workerUrl)()
  try {
    const config = armadaConnection.parse({ servers: [`http://${target}`] })
    await backUpDirect(session, config, { progress: () => undefined, log: () => undefined })
  } finally {
    await session.close()
  }
}

async function tellOf(act: () => Promise<void>): Promise<void> {
  const before = process.cpuUsage()
  const startedAt = performance.now()
  await act()
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(before)
  const peakBytes = process.resourceUsage().maxRSS * 1024
  console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, peakBytes }))
}
