import { armadaProtocol } from '../../../src/main/systems/armada/protocol.ts'
import type { GrpcMessage } from '../../../src/main/ports/grpc-client.ts'
import { armadaTable } from '../armada.ts'
import type { Certificate } from '../certificates.ts'
import { LabStatus, startGrpcServer, type LabCall, type LabHandler } from '../grpc-server.ts'

/** What is wrong with a server; nothing where it is left out. */
export interface ArmadaFaults {
  /** In error: not in the status's tables, and in the list of tables all the same. */
  readonly inError?: string
  /** Left out of the status without a word. */
  readonly leftOut?: string
  readonly maintenance?: 'off' | 'follower'
  /** What befalls the stream of every table after its first piece, which is the beginning that all streams have. */
  readonly stream?: 'stalls' | 'lies' | 'breaks' | 'ends' | 'endsAtOnce' | 'spoils'
}

export interface ArmadaServerOptions {
  /** Keys of each table. */
  readonly tables: Readonly<Record<string, number>>
  readonly version?: 1 | 2
  readonly maintenanceToken?: string
  readonly tablesToken?: string
  /** Plaintext without it. */
  readonly tls?: Certificate
  readonly seed?: string
}

export interface ArmadaLabServer {
  readonly origin: string
  /** Paths of the calls that have arrived. */
  readonly calls: readonly string[]
  /** Tables whose backup was asked for. */
  readonly streamed: readonly string[]
  /** Requests that changed something, or were meant to. */
  changes(): number
  /** Of the calls to come. */
  setFaults(faults: ArmadaFaults): void
  stop(): Promise<void>
}

/** As grpc-go cuts a stream of a file: pieces of this many bytes here, 1 MiB there (source: snapshot.go). */
const pieceBytes = 1024

/**
 * A server of armada as its source has it: Cluster has no token, Maintenance and Tables have one each; a leader has Backup, a follower
 * Reset; a table in error is left out of the status; a table that nobody has is UNKNOWN `table not found`.
 */
export async function startArmadaServer({
  tables,
  version = 2,
  maintenanceToken = '',
  tablesToken = '',
  tls,
  seed = 'lab',
}: ArmadaServerOptions): Promise<ArmadaLabServer> {
  let faults: ArmadaFaults = {}
  let changes = 0
  const streamed: string[] = []

  /** As go-grpc-middleware and the server say it. */
  function authorize(token: string, { metadata }: LabCall): void {
    if (token === '') return
    const [, scheme = '', given = ''] = /^(\S+) (.*)$/.exec(metadata('authorization') ?? '') ?? []
    if (scheme.toLowerCase() !== 'bearer')
      throw new LabStatus('UNAUTHENTICATED', 'Request unauthenticated with bearer')
    if (given !== token) throw new LabStatus('UNAUTHENTICATED', 'Invalid token')
  }

  function maintenance(method: 'Backup' | 'Restore' | 'Reset', call: LabCall): void {
    if (faults.maintenance === 'off')
      throw new LabStatus('UNIMPLEMENTED', 'unknown service maintenance.v1.Maintenance')
    authorize(maintenanceToken, call)
    const isFollower = faults.maintenance === 'follower'
    if ((method === 'Reset') !== isFollower)
      throw new LabStatus('UNIMPLEMENTED', `method ${method} not implemented`)
  }

  async function* backup({ table }: GrpcMessage, call: LabCall): AsyncGenerator<GrpcMessage> {
    maintenance('Backup', call)
    const name = table instanceof Uint8Array ? Buffer.from(table).toString('utf8') : ''
    const keys = tables[name]
    if (keys === undefined) throw new LabStatus('UNKNOWN', 'table not found')
    streamed.push(name)
    let place = 0
    for await (const piece of piecesOf(armadaTable(seed, name, keys, version))) {
      place += 1
      const { stream } = faults
      if (place > 1 && stream === 'stalls') await aborted(call.signal)
      if (place > 1 && stream === 'breaks') {
        await server.stop()
        return
      }
      if (place > 1 && stream === 'endsAtOnce') return
      if (place > 2 && stream === 'ends') return
      const data = place > 1 && stream === 'spoils' ? piece.map((byte) => byte ^ 1) : piece
      yield { data, len: String(data.byteLength + (place > 1 && stream === 'lies' ? 1 : 0)) }
    }
  }

  const handlers: Record<string, LabHandler> = {
    '/regatta.v1.Cluster/Status': {
      unary() {
        const { inError, leftOut } = faults
        const served = Object.keys(tables).filter((name) => name !== inError && name !== leftOut)
        const status = { leader: '1', raftIndex: '9', raftTerm: '1', raftAppliedIndex: '9' }
        return {
          id: 'node-1',
          version: 'v0.10.0',
          info: '',
          tables: Object.fromEntries(served.map((name) => [name, status])),
          errors: inError === undefined ? [] : [`${inError}: shard not ready`],
        }
      },
    },
    '/regatta.v1.Tables/List': {
      unary(_request, call) {
        authorize(tablesToken, call)
        return { tables: Object.keys(tables).map((name, place) => ({ name, id: String(10001 + place) })) }
      },
    },
    '/maintenance.v1.Maintenance/Backup': { serverStream: backup },
    '/maintenance.v1.Maintenance/Reset': {
      unary(_request, call) {
        changes += 1
        maintenance('Reset', call)
        return {}
      },
    },
    '/maintenance.v1.Maintenance/Restore': {
      clientStream(_requests, call) {
        changes += 1
        maintenance('Restore', call)
        return {}
      },
    },
  }
  const server = await startGrpcServer(armadaProtocol, handlers, tls === undefined ? {} : { tls })
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://${server.target}`,
    calls: server.calls,
    streamed,
    changes: () => changes,
    setFaults(next) {
      faults = next
    },
    stop: async () => server.stop(),
  }
}

async function* piecesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const each of bytes) {
    for (let at = 0; at < each.byteLength; at += pieceBytes) yield each.slice(at, at + pieceBytes)
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
