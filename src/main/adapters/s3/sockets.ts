import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import { Socket } from 'node:net'

export interface SocketTimeouts {
  /** For name, connection and TLS handshake together. */
  readonly connectMs: number
  /** How long the other side may say nothing while we wait for it. */
  readonly silentMs: number
}

export interface Agents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

/** More than are ever used at once, so that no request waits for a socket (which would look like a dead host). */
const maxSockets = 128
/** Of a connection between two requests. Short, since a write that meets the server's own closing is not repeated. */
const idleMs = 4_000

/**
 * Connections that end when the other side goes silent. Certificates are always verified: the agent says so itself,
 * which outranks `NODE_TLS_REJECT_UNAUTHORIZED` of the environment.
 *
 * @param authorities certificates (PEM) to trust.
 */
export function makeAgents(authorities: readonly string[], timeouts: SocketTimeouts): Agents {
  const options = { keepAlive: true, maxSockets, timeout: idleMs }
  const http = new HttpAgent(options)
  const https = new HttpsAgent({
    ...options,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ca: [...authorities],
  })
  guard(http, 'connect', timeouts)
  guard(https, 'secureConnect', timeouts)
  restoreOnReuse(http, timeouts)
  restoreOnReuse(https, timeouts)
  return { http, https }
}

function guard(agent: HttpAgent, ready: 'connect' | 'secureConnect', timeouts: SocketTimeouts): void {
  const create = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback): Duplex | null | undefined => {
    const socket = create(options, callback)
    if (!(socket instanceof Socket)) return socket
    const connecting = setTimeout(() => {
      socket.destroy(timedOut('could not connect in time'))
    }, timeouts.connectMs)
    const stop = (): void => clearTimeout(connecting)
    socket.once(ready, stop)
    socket.once('close', stop)
    socket.setTimeout(timeouts.silentMs / 2)
    // Twice half the time, so that a reader who comes back just before the end does not find the connection closed.
    let readBytes: number | null = null
    socket.on('timeout', () => {
      if (!socket.isPaused() && socket.bytesRead === readBytes) {
        socket.destroy(timedOut('said nothing for too long'))
        return
      }
      // Paused: the silence is ours, nobody here has asked for more.
      readBytes = socket.isPaused() ? null : socket.bytesRead
      socket.setTimeout(timeouts.silentMs / 2)
    })
    return socket
  }
}

/** The agent sets its own time on a connection that becomes idle, and leaves it when the connection is used again. */
function restoreOnReuse(agent: HttpAgent, timeouts: SocketTimeouts): void {
  const reuse = agent.reuseSocket.bind(agent)
  agent.reuseSocket = (socket, request) => {
    reuse(socket, request)
    if (socket instanceof Socket) socket.setTimeout(timeouts.silentMs / 2)
  }
}

function timedOut(what: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`The other side ${what}.`), { code: 'ETIMEDOUT' })
}
