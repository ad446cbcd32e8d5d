import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { isJsonObject } from '../../../../shared/domain/strict-json.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { GrpcClient } from '../../../ports/grpc-client.ts'
import { armadaProtocol } from '../protocol.ts'
import type { ArmadaConnection } from './connection.ts'

/** A server that is dead shall not be waited for longer. */
const usualDeadlineMs = 4_000

export interface StreamLimits {
  /** A server gives up after 1 h where the client names no time (source: maintenance.go), so one is always named. */
  readonly deadlineMs: number
  /** The first bytes come only when the server has written the whole table into a file of its own (source: maintenance.go). */
  readonly stallMs: number
}

export const usualLimits: StreamLimits = { deadlineMs: 6 * 60 * 60_000, stallMs: 30 * 60_000 }

export interface ServerStatus {
  readonly version: string | null
  /** Only those that are not in error (source: engine.go). */
  readonly tables: readonly string[]
  /** `<table>: <error>`. */
  readonly errors: readonly string[]
  /** By table: decimal, and larger after every write (source: engine.go). */
  readonly indexes: ReadonlyMap<string, string>
}

/** `off`: the server was started without Maintenance. */
export type ServerRole = 'leader' | 'follower' | 'off'

/** One server, and what a call to it needs. */
export interface ArmadaLink {
  /** `host:port`. */
  readonly name: string
  readonly client: GrpcClient
  readonly session: Session
  /** Of the maintenance service; nothing where the connection has none. Throws `master.insecure` over plaintext. */
  maintenanceToken(): Promise<{ readonly token?: string }>
  /** Of the service that lists, creates and deletes tables. */
  tablesToken(): Promise<{ readonly token?: string }>
}

export interface ListedTable {
  readonly name: string
  /** Decimal; another one after a restore, which puts a new shard into the table's place (source: manager.go). */
  readonly id: string
}

export interface ArmadaServer {
  /** `host:port`. */
  readonly name: string
  readonly link: ArmadaLink
  /** Asked without a token: the service checks none (source: common.go). */
  status(): Promise<ServerStatus>
  tables(): Promise<readonly ListedTable[]>
  /** Throws `master.refusedLogin` where the token is wrong. */
  role(): Promise<ServerRole>
  /** Whether its maintenance answers whoever names no token. */
  isOpen(): Promise<boolean>
  /** The file of one table as it comes. */
  backup(table: string, limits?: StreamLimits): AsyncIterable<Uint8Array>
}

export async function openServer(
  origin: string,
  session: Session,
  config: Pick<ArmadaConnection, 'tls' | 'maintenanceToken' | 'tablesToken'>,
): Promise<ArmadaServer> {
  const client = await session.grpc(origin, config.tls, armadaProtocol)
  return serverOf(client, origin, session, config)
}

function serverOf(
  client: GrpcClient,
  origin: string,
  session: Session,
  { maintenanceToken, tablesToken }: Pick<ArmadaConnection, 'maintenanceToken' | 'tablesToken'>,
): ArmadaServer {
  const name = new URL(origin).host

  async function tokenOf(id: string | null): Promise<{ readonly token?: string }> {
    if (id === null) return {}
    if (!origin.startsWith('http:')) return { token: await session.token(id) }
    throw new HoldfastError('master.insecure', {
      what: `${name} speaks plaintext, and the connection has a token for it.`,
      why: 'Everybody on the way could read the token, and replace every table with it.',
      unchanged: 'The token was not sent.',
      next: 'Give the server a certificate and use https:, or take the token out of the connection if the server wants none.',
    })
  }

  const link: ArmadaLink = {
    name,
    client,
    session,
    maintenanceToken: async () => tokenOf(maintenanceToken),
    tablesToken: async () => tokenOf(tablesToken),
  }

  /**
   * Asks for the backup of a table that nobody has, which changes nothing whatever answers: a leader looks for the table first and says that
   * it is not found; a follower has no such method; without Maintenance there is no such service (source: maintenance.go, leader.go,
   * follower.go). An empty Reset would tell the same, but it is a request that resets where it is understood otherwise.
   */
  async function roleWith(token: { readonly token?: string }): Promise<ServerRole> {
    const table = Buffer.from(`holdfast-probe-${Buffer.from(session.random.bytes(8)).toString('hex')}`)
    const call = {
      method: '/maintenance.v1.Maintenance/Backup',
      deadlineMs: usualDeadlineMs,
      stallMs: usualDeadlineMs,
      ...token,
    }
    try {
      // Leaving the loop ends the call.
      for await (const _ of client.serverStream(call, { table }, session.signal)) break
      return 'leader'
    } catch (error) {
      if (!isHoldfastError(error)) throw error
      const said = error.text.why ?? ''
      if (error.code === 'master.notOffered') return /unknown service/i.test(said) ? 'off' : 'follower'
      if (error.code === 'master.refused' && /table not found/i.test(said)) return 'leader'
      throw error
    }
  }

  return {
    name,
    link,
    async status() {
      const { version, tables, errors } = await client.unary(
        { method: '/regatta.v1.Cluster/Status', deadlineMs: usualDeadlineMs },
        { config: false },
        session.signal,
      )
      return {
        version: typeof version === 'string' && version !== '' ? version : null,
        tables: isJsonObject(tables) ? Object.keys(tables).toSorted() : [],
        errors: textsIn(errors),
        indexes: new Map(
          Object.entries(isJsonObject(tables) ? tables : {}).flatMap(([table, of]) =>
            isJsonObject(of) && typeof of['raftIndex'] === 'string' ? [[table, of['raftIndex']]] : [],
          ),
        ),
      }
    },
    async tables() {
      const token = await link.tablesToken()
      const { tables } = await client.unary(
        { method: '/regatta.v1.Tables/List', deadlineMs: usualDeadlineMs, ...token },
        {},
        session.signal,
      )
      const listed: readonly unknown[] = Array.isArray(tables) ? tables : []
      return listed.flatMap((each) =>
        typeof each === 'object' &&
        each !== null &&
        'name' in each &&
        typeof each.name === 'string' &&
        'id' in each &&
        typeof each.id === 'string'
          ? [{ name: each.name, id: each.id }]
          : [],
      )
    },
    role: async () => roleWith(await link.maintenanceToken()),
    async isOpen() {
      try {
        return (await roleWith({})) !== 'off'
      } catch (error) {
        if (isHoldfastError(error, 'master.refusedLogin')) return false
        throw error
      }
    },
    async *backup(table, { deadlineMs, stallMs } = usualLimits) {
      const token = await link.maintenanceToken()
      const call = { method: '/maintenance.v1.Maintenance/Backup', deadlineMs, stallMs, ...token }
      let empties = 0
      for await (const chunk of client.serverStream(call, { table: Buffer.from(table) }, session.signal)) {
        const data = dataOf(chunk, name)
        empties = data.byteLength === 0 ? empties + 1 : 0
        if (empties > mostEmptyPieces) throw nothingButEmpties(name)
        yield data
      }
    },
  }
}

/** One may be empty; so many in a row are a server that plays for time. */
const mostEmptyPieces = 1_000

function nothingButEmpties(name: string): HoldfastError {
  return new HoldfastError('master.badAnswer', {
    what: `${name} sent ${mostEmptyPieces} pieces with nothing in them, one after another.`,
    next: 'Look at the log of that server, then take the backup again.',
  })
}

/** `len` is the length of `data` (source: snapshot.go); where it is not, something of the chunk was lost. */
function dataOf({ data, len }: Readonly<Record<string, unknown>>, name: string): Uint8Array {
  if (data instanceof Uint8Array && String(len) === String(data.byteLength)) return data
  throw new HoldfastError('master.badAnswer', {
    what: `${name} sent a piece that is not as long as it says.`,
    why: 'The server, or something between here and there, loses data.',
    next: 'Look at the log of that server, then take the backup again.',
  })
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
}
