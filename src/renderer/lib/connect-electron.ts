import { RPCLink } from '@orpc/client/message-port'
import { connectionLost, tellLoss } from './connect-loss.ts'

/** The page's end of the one port to the main process. */
export interface PagePort {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: () => void): void
  postMessage(message: unknown): void
  start(): void
}

/** Calls over the port. Once it is closed, what is open and what is asked later fails at once. */
export function portLink(port: PagePort) {
  let isClosed = false
  port.addEventListener('close', () => {
    isClosed = true
  })
  const link = new RPCLink({
    port,
    interceptors: [tellLoss({ lost: () => connectionLost('Start Holdfast again.'), ended: () => isClosed })],
  })
  port.start()
  return link
}
