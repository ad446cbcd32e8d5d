import { armadaProtocol } from '../../../src/main/systems/armada/protocol.ts'
import type { GrpcMessage } from '../../../src/main/ports/grpc-client.ts'
import { isJsonObject } from '../../../src/shared/domain/strict-json.ts'
import type { Certificate } from '../certificates.ts'
import { LabCrash, labTables, type LabTables } from './armada-tables.ts'
import { LabStatus, startGrpcServer, type LabCall, type LabHandler } from '../grpc-server.ts'

/** What is wrong with a server; nothing where it is left out. */
export interface ArmadaFaults {
  /** In error: not in the status's tables, and in the list of tables all the same. */
  readonly inError?: string
  /** Left out of the status without a word. */
  readonly leftOut?: string
  readonly maintenance?: 'off' | 'follower'
  /** It was started without its tokens: it takes any. */
  readonly tokens?: 'any'
  /** What befalls the stream of every table after its first piece, which is the beginning that all streams have. */
  readonly stream?: 'stalls' | 'lies' | 'breaks' | 'ends' | 'endsAtOnce' | 'spoils' | 'empties'
  /**
   * What befalls a restore: the connection breaks when the first chunk has come; or when all has come, and the server goes on, or does not;
   * or it says that it failed; or it loses keys wherever they are sent twice.
   */
  readonly restore?: 'breaks' | 'goesOn' | 'givesUp' | 'fails' | 'losesMore'
  /** All of a table has come; it is put in place once this is over, whoever still listens. */
  readonly beforeSwap?: () => Promise<void>
  /** How a follower takes a table anew; left out: it plays the leader's log onto what it has, whose keys keep their values. */
  readonly reset?: 'loads' | 'loadsAndLoses'
  /** Added to every count of a whole table. */
  readonly counts?: number
  /** Puts are answered, and nothing is put. */
  readonly puts?: 'forgets'
  /** The connection breaks at the nth call, counted from 1 over all of them, before or after the server has done what is asked. */
  readonly cut?: { readonly call: number; readonly when: 'before' | 'after' }
}

export interface ArmadaServerOptions {
  /** Keys of each table. */
  readonly tables: Readonly<Record<string, number>>
  readonly version?: 1 | 2
  /** `raft.max-in-mem-log-size`. */
  readonly logBytes?: number
  readonly maintenanceToken?: string
  readonly tablesToken?: string
  /** Plaintext without it. */
  readonly tls?: Certificate
  readonly seed?: string
  /** How many nodes its cluster has. */
  readonly members?: number
  /** Makes it a follower of this one, with tables of its own to begin with. */
  readonly follows?: ArmadaLabServer
}

export interface ArmadaLabServer {
  readonly origin: string
  /** Paths of the calls that have arrived. */
  readonly calls: readonly string[]
  /** Tables whose backup was asked for. */
  readonly streamed: readonly string[]
  /** Tables that were sent whole, to be put in place. */
  readonly restored: readonly string[]
  /** Tables that were made by a call. */
  readonly created: readonly string[]
  /** Requests that changed something, or were meant to. */
  changes(): number
  /** Of the calls to come. */
  setFaults(faults: ArmadaFaults): void
  readonly tables: LabTables
  /** False once its process has ended by itself. */
  isAlive(): boolean
  stop(): Promise<void>
}

/** As grpc-go cuts a stream of a file: pieces of this many bytes here, 1 MiB there (source: snapshot.go). */
const pieceBytes = 1024

/**
 * A server of armada as its source has it: Cluster has no token, Maintenance and Tables have one each; a leader has Backup, a follower
 * Reset; a table in error is left out of the status; a table that nobody has is UNKNOWN `table not found`.
 */
export async function startArmadaServer({
  tables: given,
  version = 2,
  logBytes = 6 * 1024 * 1024,
  maintenanceToken = '',
  tablesToken = '',
  tls,
  seed = 'lab',
  members = 1,
  follows,
}: ArmadaServerOptions): Promise<ArmadaLabServer> {
  let faults: ArmadaFaults = {}
  let changes = 0
  let isAlive = true
  const tables = labTables({ tables: given, seed, version, logBytes })
  const streamed: string[] = []
  const restored: string[] = []
  const created: string[] = []

  /** As go-grpc-middleware and the server say it. */
  function authorize(token: string, { metadata }: LabCall): void {
    if (token === '' || faults.tokens === 'any') return
    const [, scheme = '', given = ''] = /^(\S+) (.*)$/.exec(metadata('authorization') ?? '') ?? []
    if (scheme.toLowerCase() !== 'bearer')
      throw new LabStatus('UNAUTHENTICATED', 'Request unauthenticated with bearer')
    if (given !== token) throw new LabStatus('UNAUTHENTICATED', 'Invalid token')
  }

  function maintenance(method: 'Backup' | 'Restore' | 'Reset', call: LabCall): void {
    if (faults.maintenance === 'off')
      throw new LabStatus('UNIMPLEMENTED', 'unknown service maintenance.v1.Maintenance')
    authorize(maintenanceToken, call)
    const isFollower = faults.maintenance === 'follower' || follows !== undefined
    if ((method === 'Reset') !== isFollower)
      throw new LabStatus('UNIMPLEMENTED', `method ${method} not implemented`)
  }

  async function* backup({ table }: GrpcMessage, call: LabCall): AsyncGenerator<GrpcMessage> {
    maintenance('Backup', call)
    const name = textOf(table)
    if (tables.id(name) === null) throw new LabStatus('UNKNOWN', 'table not found')
    streamed.push(name)
    let place = 0
    for await (const piece of piecesOf(tables.backup(name))) {
      place += 1
      const { stream } = faults
      if (place > 1 && stream === 'stalls') await aborted(call.signal)
      if (place > 1 && stream === 'breaks') {
        await server.stop()
        return
      }
      // With a number in each, so that no message is empty itself.
      while (place > 1 && stream === 'empties' && !call.signal.aborted) yield { index: '1' }
      if (place > 1 && stream === 'endsAtOnce') return
      if (place > 2 && stream === 'ends') return
      const data = place > 1 && stream === 'spoils' ? piece.map((byte) => byte ^ 1) : piece
      yield { data, len: String(data.byteLength + (place > 1 && stream === 'lies' ? 1 : 0)) }
    }
  }

  /** What the leader has no more is dropped, and what is new there is taken from its beginning. */
  function follow(leader: ArmadaLabServer): void {
    for (const table of tables.names()) if (leader.tables.id(table) === null) tables.delete(table)
    for (const table of leader.tables.names())
      if (tables.id(table) === null) tables.take(table, leader.tables.contents(table))
  }

  /** As a real one was seen to do it. */
  function reset(table: string, leader: ArmadaLabServer): void {
    const contents = leader.tables.contents(table)
    if (faults.reset !== undefined) tables.take(table, contents)
    for (const [place, [key, value]] of [...contents].entries()) {
      if (faults.reset === 'loadsAndLoses' && place % 7 === 3) tables.drop(table, key)
      if (tables.get(table, key) === null && faults.reset === undefined)
        tables.put(table, Buffer.from(key, 'latin1'), value)
    }
  }

  /** As maintenance.go: the whole upload first, then a new shard, and at last the swap. */
  async function restore(requests: AsyncIterable<GrpcMessage>): Promise<GrpcMessage> {
    let info: { readonly table: string; readonly format: string } | null = null
    const parts: Uint8Array[] = []
    for await (const message of requests) {
      const { info: first, chunk } = message
      if (info === null) {
        if (!isJsonObject(first)) throw new LabStatus('UNKNOWN', 'first message should contain info')
        const { table, format } = first
        info = { table: textOf(table), format: String(format) }
        continue
      }
      if (!isJsonObject(chunk) || !(chunk['data'] instanceof Uint8Array))
        throw new LabStatus('UNKNOWN', 'chunk expected')
      parts.push(chunk['data'])
      if (faults.restore === 'breaks') {
        server.cut()
        throw new LabStatus('CANCELLED', 'context canceled')
      }
    }
    if (info === null) throw new LabStatus('UNKNOWN', 'EOF')
    const { restore: fault } = faults
    if (fault === 'fails') throw new LabStatus('UNKNOWN', 'shard not found')
    if (fault === 'goesOn' || fault === 'givesUp') server.cut()
    if (fault === 'givesUp') return {}
    const { table, format } = info
    restored.push(table)
    await faults.beforeSwap?.()
    try {
      tables.restore(table, Buffer.concat(parts), version === 2 ? format : '')
    } catch (error) {
      if (error instanceof LabCrash) {
        isAlive = false
        await server.stop()
      }
      throw error
    }
    if (fault === 'losesMore') {
      for (const [place, key] of tables.from(table, Buffer.of(1)).entries())
        if (place % 7 === 3) tables.drop(table, key)
    }
    return {}
  }

  function range({
    table,
    key,
    range_end: end,
    limit,
    keys_only: keysOnly,
    count_only: countOnly,
  }: GrpcMessage) {
    const name = textOf(table)
    const shard = tables.id(name)
    if (shard === null) throw new LabStatus('NOT_FOUND', 'table not found')
    const start = key instanceof Uint8Array ? key : Buffer.of()
    const isAll = end instanceof Uint8Array && end.byteLength > 0
    if (start.includes(0) && !(start.byteLength === 1))
      throw new LabStatus('INVALID_ARGUMENT', 'key must not contain null bytes')
    const wanted = Buffer.from(start).toString('latin1')
    const found = isAll ? tables.from(name, start) : tables.get(name, wanted) === null ? [] : [wanted]
    const most = Number(limit) === 0 ? found.length : Number(limit)
    const kvs = found.slice(0, most).map((each) => ({
      key: Buffer.from(each, 'latin1'),
      ...(keysOnly !== true && { value: tables.get(name, each) }),
    }))
    return {
      header: { shard_id: shard },
      kvs: countOnly === true ? [] : kvs,
      count: String(countOnly === true ? found.length + (isAll ? (faults.counts ?? 0) : 0) : kvs.length),
      more: found.length > most,
    }
  }

  function put({ table, key, value }: GrpcMessage): GrpcMessage {
    changes += 1
    const name = textOf(table)
    if (tables.id(name) === null) throw new LabStatus('NOT_FOUND', 'table not found')
    if (!(key instanceof Uint8Array) || key.includes(0))
      throw new LabStatus('INVALID_ARGUMENT', 'key must not contain null bytes')
    if (faults.puts !== 'forgets') tables.put(name, key, value instanceof Uint8Array ? value : Buffer.of())
    return { header: { shard_id: tables.id(name) } }
  }

  /** Of the file that has `RestoreInfo`; the newer one has its format. */
  async function* reflect(): AsyncGenerator<GrpcMessage> {
    const field = [{ name: 'table', number: 1 }, ...(version === 2 ? [{ name: 'format', number: 2 }] : [])]
    yield {
      file_descriptor_response: {
        file_descriptor_proto: [{ message_type: [{ name: 'RestoreInfo', field }] }],
      },
    }
  }

  const handlers: Record<string, LabHandler> = {
    '/regatta.v1.Cluster/MemberList': {
      unary: () => ({
        cluster: 'lab',
        members: Array.from({ length: members }, (_, place) => ({
          id: `nh-${place}`,
          name: `node-${place}`,
        })),
      }),
    },
    '/regatta.v1.Cluster/Status': {
      unary({ config }) {
        const { inError, leftOut } = faults
        const served = tables.names().filter((name) => name !== inError && name !== leftOut)
        const status = (name: string) => {
          const index = String(tables.index(name))
          return { leader: '1', raftIndex: index, raftTerm: '1', raftAppliedIndex: index }
        }
        return {
          id: 'node-1',
          version: 'v0.10.0',
          info: '',
          tables: Object.fromEntries(served.map((name) => [name, status(name)])),
          errors: inError === undefined ? [] : [`${inError}: shard not ready`],
          // As the server has it: what has 64 bits is text.
          ...(config === true && {
            config: {
              fields: {
                'maintenance.token': { string_value: '**********' },
                'raft.max-in-mem-log-size': { string_value: String(logBytes) },
              },
            },
          }),
        }
      },
    },
    '/regatta.v1.Tables/Create': {
      unary({ name }, call) {
        changes += 1
        authorize(tablesToken, call)
        if (follows !== undefined)
          throw new LabStatus('UNIMPLEMENTED', 'method Create not implemented for follower')
        if (tables.id(String(name)) !== null) throw new LabStatus('INVALID_ARGUMENT', 'table already exists')
        tables.take(String(name), new Map())
        created.push(String(name))
        return { id: tables.id(String(name)) }
      },
    },
    '/regatta.v1.Tables/Delete': {
      unary({ name }, call) {
        changes += 1
        authorize(tablesToken, call)
        if (follows !== undefined)
          throw new LabStatus('UNIMPLEMENTED', 'method Delete not implemented for follower')
        if (tables.id(String(name)) === null) throw new LabStatus('INVALID_ARGUMENT', 'table not found')
        tables.delete(String(name))
        return {}
      },
    },
    '/regatta.v1.Tables/List': {
      unary(_request, call) {
        authorize(tablesToken, call)
        return { tables: tables.names().map((name) => ({ name, id: tables.id(name) })) }
      },
    },
    '/maintenance.v1.Maintenance/Backup': { serverStream: backup },
    '/maintenance.v1.Maintenance/Reset': {
      unary({ table }, call) {
        changes += 1
        maintenance('Reset', call)
        if (follows !== undefined) reset(textOf(table), follows)
        return {}
      },
    },
    '/maintenance.v1.Maintenance/Restore': {
      async clientStream(requests, call) {
        changes += 1
        maintenance('Restore', call)
        return restore(requests)
      },
    },
    '/regatta.v1.KV/Range': { unary: range },
    '/regatta.v1.KV/Put': { unary: put },
    '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo': { serverStream: reflect },
  }
  let calls = 0
  /** True where the connection shall break at this call, in this way. */
  const counted = (): ((when: 'before' | 'after') => void) => {
    calls += 1
    if (follows !== undefined) follow(follows)
    const { cut } = faults
    const isThis = cut?.call === calls
    return (when) => {
      if (!isThis || cut?.when !== when) return
      server.cut()
      throw new LabStatus('CANCELLED', 'context canceled')
    }
  }
  const server = await startGrpcServer(armadaProtocol, breaking(handlers, counted), {
    cuttable: true,
    ...(tls !== undefined && { tls }),
  })
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://${server.target}`,
    calls: server.calls,
    tables,
    isAlive: () => isAlive,
    streamed,
    restored,
    created,
    changes: () => changes,
    setFaults(next) {
      faults = next
    },
    stop: async () => server.stop(),
  }
}

/** The same handlers, each of them told when it begins and when it has done what is asked. */
function breaking(
  handlers: Readonly<Record<string, LabHandler>>,
  counted: () => (when: 'before' | 'after') => void,
): Record<string, LabHandler> {
  return Object.fromEntries(
    Object.entries(handlers).map(([path, handler]): [string, LabHandler] => {
      if ('unary' in handler) {
        return [
          path,
          {
            async unary(request, call) {
              const at = counted()
              at('before')
              const reply = await handler.unary(request, call)
              at('after')
              return reply
            },
          },
        ]
      }
      if ('clientStream' in handler) {
        return [
          path,
          {
            async clientStream(requests, call) {
              const at = counted()
              at('before')
              const reply = await handler.clientStream(requests, call)
              at('after')
              return reply
            },
          },
        ]
      }
      return [
        path,
        {
          async *serverStream(request, call) {
            const at = counted()
            at('before')
            yield* handler.serverStream(request, call)
            at('after')
          },
        },
      ]
    }),
  )
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : ''
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
