import { EventEmitter } from 'node:events'
import type { Session, WebContents } from 'electron'
import { expect, test } from 'vitest'
import { confinePage, confineSession } from '../../../../src/main/electron/confine.ts'
import { windowOptions } from '../../../../src/main/electron/window-options.ts'

/** Stands in for the contents of a window: keeps what is set, and lets events be sent. */
function contents(opened: string[] = []) {
  const events = new EventEmitter()
  let open: Parameters<WebContents['setWindowOpenHandler']>[0] | null = null
  confinePage(
    Object.assign(events, {
      setWindowOpenHandler: (handler: Parameters<WebContents['setWindowOpenHandler']>[0]) => {
        open = handler
      },
    }) as unknown as WebContents,
    { externalHosts: new Set(['ok.example']), openExternal: (address) => void opened.push(address) },
  )
  return {
    /** Whether the event was prevented. */
    send(name: string, url: string): boolean {
      let isPrevented = false
      events.emit(name, { url, preventDefault: () => (isPrevented = true) })
      return isPrevented
    },
    open: (url: string) => open?.({ url } as Parameters<NonNullable<typeof open>>[0]),
  }
}

test('A page stays where it is: by link, by redirect, in a frame', () => {
  const page = contents()
  for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
    for (const url of [
      'https://evil.example/',
      'file:///etc/passwd',
      'app://evil/',
      'about:blank',
      'data:text/html,a',
    ]) {
      expect([name, url, page.send(name, url)]).toEqual([name, url, true])
    }
    expect(page.send(name, 'app://holdfast/#/fleet')).toBe(false)
  }
  expect(page.send('will-attach-webview', 'app://holdfast/')).toBe(true)
})

test('No window opens; a link that is allowed goes to the system', () => {
  const opened: string[] = []
  const page = contents(opened)
  for (const url of ['https://ok.example/help', 'https://evil.example/', 'app://holdfast/', 'file:///a']) {
    expect(page.open(url)).toEqual({ action: 'deny' })
  }
  expect(opened).toEqual(['https://ok.example/help'])
})

type Handlers = {
  request: NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>
  check: NonNullable<Parameters<Session['setPermissionCheckHandler']>[0]>
  device: NonNullable<Parameters<Session['setDevicePermissionHandler']>[0]>
  download: (event: { preventDefault(): void }, item: { getURL(): string }) => void
  before: (details: { url: string }, answer: (reply: { cancel?: boolean }) => void) => void
}

test('Nothing is permitted but to write text to the clipboard, and no request leaves', () => {
  const set: Partial<Handlers> = {}
  confineSession({
    setPermissionRequestHandler: (handler: Handlers['request']) => (set.request = handler),
    setPermissionCheckHandler: (handler: Handlers['check']) => (set.check = handler),
    setDevicePermissionHandler: (handler: Handlers['device']) => (set.device = handler),
    setDisplayMediaRequestHandler: (handler: null) => expect(handler).toBe(null),
    on: (_event: string, handler: Handlers['download']) => (set.download = handler),
    webRequest: { onBeforeRequest: (handler: Handlers['before']) => (set.before = handler) },
  } as unknown as Session)
  const asked = (permission: string, requestingUrl: string): boolean[] => {
    const answers: boolean[] = []
    Reflect.apply(set.request ?? expect.fail(), null, [
      null,
      permission,
      (given: boolean) => void answers.push(given),
      { requestingUrl },
    ])
    answers.push(Reflect.apply(set.check ?? expect.fail(), null, [null, permission, requestingUrl, {}]))
    return answers
  }
  for (const permission of [
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'openExternal',
    'fileSystem',
    'hid',
  ]) {
    expect([permission, ...asked(permission, 'app://holdfast/')]).toEqual([permission, false, false])
  }
  expect(asked('clipboard-sanitized-write', 'app://holdfast/')).toEqual([true, true])
  expect(asked('clipboard-sanitized-write', 'https://evil.example/')).toEqual([false, false])
  expect(Reflect.apply(set.device ?? expect.fail(), null, [{}])).toBe(false)
  const isCancelled = (url: string): boolean => {
    let cancel: boolean | undefined
    set.before?.({ url }, (reply) => (cancel = reply.cancel))
    return cancel ?? false
  }
  expect(isCancelled('app://holdfast/assets/main.js')).toBe(false)
  expect(isCancelled('data:image/png;base64,AA==')).toBe(false)
  expect(isCancelled('blob:app://holdfast/1-2-3')).toBe(false)
  for (const url of [
    'https://example.com/',
    'blob:https://evil.example/1',
    'http://127.0.0.1/',
    'file:///a',
    'app://evil/',
    'ws://a/',
  ]) {
    expect([url, isCancelled(url)]).toEqual([url, true])
  }
})

test('Only what the page has made itself can be saved', () => {
  const set: Partial<Handlers> = {}
  const ignore = (): void => undefined
  confineSession({
    setPermissionRequestHandler: ignore,
    setPermissionCheckHandler: ignore,
    setDevicePermissionHandler: ignore,
    setDisplayMediaRequestHandler: ignore,
    on: (_event: string, handler: Handlers['download']) => (set.download = handler),
    webRequest: { onBeforeRequest: ignore },
  } as unknown as Session)
  const isRefused = (url: string): boolean => {
    let isPrevented = false
    set.download?.({ preventDefault: () => (isPrevented = true) }, { getURL: () => url })
    return isPrevented
  }
  expect(isRefused('blob:app://holdfast/1-2-3')).toBe(false)
  for (const url of [
    'https://evil.example/x.desktop',
    'app://holdfast/x.desktop',
    'data:text/plain,a',
    'blob:null/1',
  ]) {
    expect([url, isRefused(url)]).toEqual([url, true])
  }
})

test('The window is sandboxed and isolated, has nothing of Node and switches no protection off', () => {
  const { webPreferences } = windowOptions('/preload/index.cjs')
  expect(webPreferences).toMatchObject({
    preload: '/preload/index.cjs',
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
  })
  for (const name of [
    'webSecurity',
    'allowRunningInsecureContent',
    'experimentalFeatures',
    'enableBlinkFeatures',
  ]) {
    expect(webPreferences).not.toHaveProperty(name)
  }
})
