import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'

/**
 * What of Electron's main process this project uses, without its program: it writes down what is asked of it, in order, and lets
 * events be sent. Signatures and events as electron.d.ts of Electron 45 has them.
 */
export function standInElectron() {
  const asked: string[] = []
  const note = (what: string): void => void asked.push(what)
  const handlers = new Map<string, (request: Request) => Promise<Response>>()
  const windows: StandInWindow[] = []
  const notifications: StandInNotification[] = []
  /** The button that the operator presses in a question. */
  const answers: number[] = []
  let hasLock = true

  class StandInApp extends EventEmitter {
    setPath(name: string, path: string): void {
      note(`app.setPath ${name} ${path}`)
    }
    requestSingleInstanceLock(): boolean {
      note('app.requestSingleInstanceLock')
      return hasLock
    }
    enableSandbox(): void {
      note('app.enableSandbox')
    }
    async whenReady(): Promise<void> {
      note('app.whenReady')
      return Promise.resolve()
    }
    quit(): void {
      note('app.quit')
      this.emit('stand-in-end', 0)
    }
    exit(code: number): void {
      note(`app.exit ${code}`)
      this.emit('stand-in-end', code)
    }
  }
  const app = new StandInApp()

  /** A frame of a page: what is posted to it comes with the page's end of a port. */
  class StandInFrame {
    readonly url: string
    readonly ports: MessagePort[] = []
    constructor(url: string) {
      this.url = url
    }
    postMessage(channel: string, _message: unknown, ports: MessagePort[]): void {
      note(`frame.postMessage ${channel}`)
      this.ports.push(...ports)
    }
  }

  class StandInContents extends EventEmitter {
    static made = 0
    readonly id = (StandInContents.made += 1)
    mainFrame = new StandInFrame('about:blank')
    setWindowOpenHandler(): void {
      note('contents.setWindowOpenHandler')
    }
  }

  class StandInWindow extends EventEmitter {
    readonly webContents = new StandInContents()
    readonly options: unknown
    isDown = false
    constructor(options: unknown) {
      super()
      note('new BrowserWindow')
      this.options = options
      windows.push(this)
      app.emit('web-contents-created', {}, this.webContents)
    }
    isMinimized(): boolean {
      return this.isDown
    }
    restore(): void {
      this.isDown = false
      note('window.restore')
    }
    show(): void {
      note('window.show')
    }
    focus(): void {
      note('window.focus')
    }
    async loadURL(address: string): Promise<void> {
      note(`window.loadURL ${address}`)
      this.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false })
      this.webContents.mainFrame = new StandInFrame(address)
      const answer = await handlers.get(new URL(address).protocol.slice(0, -1))?.(new Request(address))
      note(`loaded ${answer?.status}`)
      this.emit('ready-to-show')
    }
    /** As a click on the window's cross. */
    cross(): void {
      let isPrevented = false
      this.emit('close', { preventDefault: () => (isPrevented = true) })
      if (isPrevented) return
      this.emit('closed')
      app.emit('window-all-closed')
    }
  }

  class StandInNotification extends EventEmitter {
    readonly words: { readonly title: string; readonly body: string }
    constructor(words: { readonly title: string; readonly body: string }) {
      super()
      this.words = words
      notifications.push(this)
    }
    show(): void {
      note('notification.show')
    }
  }

  class StandInChannel {
    readonly port1: ReturnType<typeof mainPort>
    readonly port2: MessagePort
    constructor() {
      const { port1, port2 } = new MessageChannel()
      this.port1 = mainPort(port1)
      this.port2 = port2
    }
  }

  const session = {
    defaultSession: {
      setPermissionRequestHandler: () => note('session.setPermissionRequestHandler'),
      setPermissionCheckHandler: () => note('session.setPermissionCheckHandler'),
      setDevicePermissionHandler: () => note('session.setDevicePermissionHandler'),
      setDisplayMediaRequestHandler: () => note('session.setDisplayMediaRequestHandler'),
      webRequest: { onBeforeRequest: () => note('session.onBeforeRequest') },
      on: (event: string) => note(`session.on ${event}`),
    },
  }
  return {
    asked,
    windows,
    notifications,
    answers,
    handlers,
    refuseLock: () => (hasLock = false),
    frame: (url: string) => new StandInFrame(url),
    module: {
      app,
      BrowserWindow: StandInWindow,
      Notification: StandInNotification,
      MessageChannelMain: StandInChannel,
      ipcMain: new EventEmitter(),
      dialog: {
        showMessageBoxSync: (_window: unknown, { message }: { readonly message: string }) => {
          note(`dialog.showMessageBoxSync ${message}`)
          return answers.shift() ?? 0
        },
        showErrorBox: (title: string, body: string) => note(`dialog.showErrorBox ${title}: ${body}`),
      },
      protocol: {
        registerSchemesAsPrivileged: (schemes: readonly { readonly scheme: string }[]) =>
          note(`protocol.registerSchemesAsPrivileged ${schemes.map(({ scheme }) => scheme).join()}`),
        handle: (scheme: string, handler: (request: Request) => Promise<Response>) => {
          note(`protocol.handle ${scheme}`)
          handlers.set(scheme, handler)
        },
      },
      session,
      shell: { openExternal: async (address: string) => note(`shell.openExternal ${address}`) },
    },
  }
}

export type StandInElectron = ReturnType<typeof standInElectron>

/** Electron hands its listeners an event; Node's port hands them the message. */
function mainPort(port: MessagePort) {
  return {
    on: (event: string, listener: (event: { readonly data: unknown }) => void) =>
      event === 'message'
        ? port.on('message', (data: unknown) => listener({ data }))
        : port.on('close', () => listener({ data: undefined })),
    postMessage: (message: unknown) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
  }
}

/** What a page does with the port that it was given. */
export function pagePort(port: MessagePort) {
  return {
    addEventListener: (event: string, listener: (event: { readonly data: unknown }) => void) => {
      if (event === 'message') port.on('message', (data: unknown) => listener({ data }))
      else port.on('close', () => listener({ data: undefined }))
    },
    postMessage: (message: unknown) => port.postMessage(message),
    start: () => port.start(),
  }
}
