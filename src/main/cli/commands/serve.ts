import { HoldfastError } from '../../../shared/domain/error.ts'
import type { CommandContext, ServeOptions } from '../context.ts'
import type { ExitStatus } from '../exit-status.ts'
import { serveDesk } from '../serve-desk.ts'

export interface ServeFlags {
  readonly socket?: string
  readonly port?: string
  readonly publicOrigin?: string
  readonly idle?: string | false
  readonly open?: boolean
}

/** Longer than a shift: only a window that was forgotten is not open for so long. */
const usualIdleMinutes = 12 * 60

/** Serves the window to a browser of this machine. */
export async function serve(flags: ServeFlags, context: CommandContext): Promise<ExitStatus> {
  const options = { ...parseServe(flags), open: flags.open !== false }
  const desk = await context.ports.openDesk(context.ports.stateFolder, 'browser')
  try {
    return await serveDesk(desk, options, context)
  } finally {
    await desk.close()
  }
}

export function parseServe({ socket, port, publicOrigin, idle }: ServeFlags): ServeOptions {
  if (socket !== undefined && publicOrigin === undefined) {
    throw usage(
      'A socket has no address that a browser could open.',
      'Give --public-origin with the near end of the tunnel to it.',
    )
  }
  return {
    socket: socket ?? null,
    port: port === undefined ? 0 : whole(port, 65_535, 'The port'),
    publicOrigin: publicOrigin === undefined ? null : parseOrigin(publicOrigin),
    idleMs:
      idle === false
        ? null
        : (idle === undefined ? usualIdleMinutes : whole(idle, 100_000, 'The time in minutes')) * 60_000,
  }
}

function whole(text: string, most: number, what: string): number {
  if (/^[1-9]\d{0,5}$/.test(text) && Number(text) <= most) return Number(text)
  throw usage(`${what} is not a number from 1 to ${most}.`, 'Leave it out for the usual one.')
}

function parseOrigin(text: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text)
    if ((url.protocol === 'http:' || url.protocol === 'https:') && `${url.origin}/` === url.href) return url
  }
  throw usage(
    'The value of --public-origin is no origin.',
    'Write what the browser has in its address bar, such as http://localhost:9000.',
  )
}

function usage(what: string, next: string): HoldfastError {
  return new HoldfastError('usage', { what, unchanged: 'Nothing is served.', next })
}
