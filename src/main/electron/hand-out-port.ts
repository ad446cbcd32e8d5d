import { isOurPage } from './our-page.ts'

interface Frame<Q> {
  readonly url: string
  postMessage(channel: string, message: unknown, ports: Q[]): void
}

/** What an ask for a port comes with: Electron's event, as far as it is looked at. */
export interface PortAsk<Q> {
  /** The id of the contents that sent it. */
  readonly sender: { readonly id: number }
  /** The frame that sent it; null where it is gone already. */
  readonly senderFrame: Frame<Q> | null
}

export interface PortDesk<Q> {
  ask(event: PortAsk<Q>): void
  /** Another page is being loaded: the port of the last one is closed, and the next may have one. */
  newLoad(): void
}

/**
 * Gives one port to each load of our page: to the main frame of our window, showing a page of ours, that has none yet.
 * Whoever else asks gets nothing, and is told nothing.
 */
export function createPortDesk<P extends { close(): void }, Q>({
  contentsId,
  mainFrame,
  openChannel,
  onRefused,
}: {
  readonly contentsId: number
  readonly mainFrame: () => Frame<Q>
  /** Makes the channel, carries calls on one end and gives both. */
  readonly openChannel: () => { readonly main: P; readonly page: Q }
  readonly onRefused: (reason: string) => void
}): PortDesk<Q> {
  let given: P | null = null

  function refusal({ sender, senderFrame }: PortAsk<Q>): string | null {
    if (sender.id !== contentsId) return 'it is another window'
    if (senderFrame === null || senderFrame !== mainFrame()) return 'it is not the main frame'
    if (!isOurPage(senderFrame.url)) return 'it is not our page'
    return given === null ? null : 'this load has a port already'
  }

  return {
    ask(event) {
      const reason = refusal(event)
      if (reason !== null || event.senderFrame === null) return onRefused(reason ?? 'it is gone')
      const { main, page } = openChannel()
      given = main
      event.senderFrame.postMessage('holdfast.port', null, [page])
    },
    newLoad() {
      given?.close()
      given = null
    },
  }
}
