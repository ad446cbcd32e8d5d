import type { Session, WebContents } from 'electron'
import { appPage, externalAddress, isOurPage } from './our-page.ts'

/** Keeps a page where it is: no other address by any way, no new window, no guest. Links that are allowed go to the system. */
export function confinePage(
  contents: Pick<WebContents, 'on' | 'setWindowOpenHandler'>,
  {
    externalHosts,
    openExternal,
  }: { readonly externalHosts: ReadonlySet<string>; readonly openExternal: (address: string) => void },
): void {
  const stay = (event: { readonly url: string; preventDefault(): void }): void => {
    if (!isOurPage(event.url)) event.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-frame-navigate', stay)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    const address = externalAddress(url, externalHosts)
    if (address !== null) openExternal(address)
    return { action: 'deny' }
  })
}

/** Bytes that our page holds in its own memory. */
function isOurBlob(address: string): boolean {
  return address.startsWith(`blob:${appPage}`)
}

/** Grants nothing but writing text to the clipboard from our page, and lets no request leave for anywhere. */
export function confineSession(
  session: Pick<
    Session,
    | 'setPermissionRequestHandler'
    | 'setPermissionCheckHandler'
    | 'setDevicePermissionHandler'
    | 'setDisplayMediaRequestHandler'
    | 'webRequest'
    | 'on'
  >,
): void {
  const grants = (permission: string, address: string): boolean =>
    permission === 'clipboard-sanitized-write' && isOurPage(address)
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(grants(permission, requestingUrl)),
  )
  session.setPermissionCheckHandler((_contents, permission, origin) => grants(permission, origin))
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler(null)
  session.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !isOurPage(url) && !url.startsWith('data:') && !isOurBlob(url) }),
  )
  // What is saved is what our page has made itself: an export, a plan. Electron asks the operator where to.
  session.on('will-download', (event, item) => {
    if (!isOurBlob(item.getURL())) event.preventDefault()
  })
}
