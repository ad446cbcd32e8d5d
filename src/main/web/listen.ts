import { chmod, lstat, unlink } from 'node:fs/promises'
import type { RequestListener, Server, ServerOptions } from 'node:http'
import { createServer } from 'node:http'
import { connect, type ListenOptions } from 'node:net'
import { HoldfastError } from '../../shared/domain/error.ts'

/** Where a window is served. There is no way to name another address: a tunnel is how one gets in from outside. */
export type ListenAt =
  /** 127.0.0.1 and, where the host has it, [::1], on one port; 0: one that is free. */
  | { readonly kind: 'loopback'; readonly port: number }
  /** A socket of this account alone. */
  | { readonly kind: 'socket'; readonly path: string }

export interface Listening {
  readonly servers: readonly Server[]
  /** Null for a socket. */
  readonly port: number | null
  readonly addresses: readonly string[]
}

const attempts = 8

/**
 * Opens the servers. A browser may try [::1] first for a name below `localhost`: whoever holds that port there would be
 * handed the link, so both addresses are taken before any link is made.
 */
export async function listen(
  at: ListenAt,
  options: ServerOptions,
  answer: RequestListener,
): Promise<Listening> {
  const make = (): Server => createServer(options, answer)
  if (at.kind === 'socket') {
    const server = make()
    await listenOnSocket(server, at.path)
    return { servers: [server], port: null, addresses: [at.path] }
  }
  for (let attempt = 1; ; attempt += 1) {
    const [four, six] = [make(), make()]
    await started(four, { host: '127.0.0.1', port: at.port })
    const address = four.address()
    const port = typeof address === 'object' && address !== null ? address.port : at.port
    try {
      await started(six, { host: '::1', port, ipv6Only: true })
      return { servers: [four, six], port, addresses: [`127.0.0.1:${port}`, `[::1]:${port}`] }
    } catch (error) {
      if (codeOf(error) === 'EADDRNOTAVAIL' || codeOf(error) === 'EAFNOSUPPORT') {
        return { servers: [four], port, addresses: [`127.0.0.1:${port}`] }
      }
      four.close()
      if (at.port === 0 && attempt < attempts) continue
      throw taken(`[::1]:${port}`, error)
    }
  }
}

async function listenOnSocket(server: Server, path: string): Promise<void> {
  await removeDeadSocket(path)
  // The mode is right from the first moment on, not only after the chmod: the socket is made while `listen` is called.
  const previous = process.umask(0o177)
  const start = started(server, { path })
  process.umask(previous)
  try {
    await start
  } catch (error) {
    throw taken(path, error)
  }
  await chmod(path, 0o600)
}

/** What a process that died left behind. A socket that somebody answers on, or another kind of file, stays. */
async function removeDeadSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null)
  if (found?.isSocket() !== true) return
  const isAnswered = await new Promise<boolean>((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', (error) => resolve(codeOf(error) !== 'ECONNREFUSED'))
  })
  if (!isAnswered) await unlink(path)
}

function started(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function taken(where: string, cause: unknown): HoldfastError {
  return new HoldfastError(
    'usage',
    {
      what: `The window cannot be served at ${where} (${codeOf(cause) ?? 'no reason given'}).`,
      why: 'Another program holds it, or this account may not open it.',
      unchanged: 'Nothing was changed there.',
      next: 'Give --socket another path, or leave it out.',
    },
    { cause },
  )
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}
