import type { AnyContractRouter } from '@orpc/contract'
import type { Router } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { readPortFrame } from '../../shared/frames/call-frame.ts'
import type { CallContext } from '../ports/call-context.ts'
import type { Log } from '../ports/log.ts'

/** The main process's end of a port, as Electron has it (`MessagePortMain`). */
export interface MainPort {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  postMessage(message: unknown): void
  start(): void
  close(): void
}

/** Answers the calls of a port until it is closed. A page that sends what no page of ours sends is not listened to again. */
export function carryCalls(
  port: MainPort,
  {
    router,
    log,
  }: {
    readonly router: Router<AnyContractRouter, CallContext>
    readonly log: Log
  },
): void {
  let isOpen = true
  const closed: (() => void)[] = []
  const end = (): void => {
    isOpen = false
    for (const listener of closed.splice(0)) listener()
  }
  port.on('close', end)
  const guarded = {
    postMessage: (message: unknown): void => {
      if (isOpen) port.postMessage(message)
    },
    on: (event: string, listener: (event?: { readonly data: unknown }) => void): void => {
      if (event === 'close') closed.push(() => listener())
      if (event !== 'message') return
      port.on('message', ({ data }) => {
        if (!isOpen) return
        const reading = readPortFrame(data)
        if (reading.ok) return listener({ data: reading.text })
        log.info('electron.frameRefused', { reason: reading.reason })
        end()
        port.close()
      })
    },
  }
  new RPCHandler<CallContext>(router).upgrade(guarded, { context: { shell: 'electron', log } })
  port.start()
}
