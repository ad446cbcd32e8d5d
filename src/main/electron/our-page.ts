/** The window's pages are an origin of their own: no file of the machine is one, and no web page can be. */
export const appScheme = 'app'
export const appHost = 'holdfast'
export const appPage = `${appScheme}://${appHost}/`

/** Whether an address is a page of ours. A custom scheme has the origin `null` in places, so its parts are compared. */
export function isOurPage(address: string): boolean {
  const url = URL.parse(address)
  return (
    url !== null &&
    url.protocol === `${appScheme}:` &&
    url.host === appHost &&
    url.username === '' &&
    url.password === ''
  )
}

/**
 * An address for the system's browser, or null: https to a host of the list, written plainly. The whole host is compared;
 * nothing that a system's opener could read in another way than we do gets through.
 */
export function externalAddress(address: string, hosts: ReadonlySet<string>): string | null {
  if (!/^https:\/\/[\x21-\x5b\x5d-\x7e]+$/.test(address)) return null
  const url = URL.parse(address)
  const isPlain =
    url !== null &&
    url.protocol === 'https:' &&
    url.username === '' &&
    url.password === '' &&
    url.port === '' &&
    hosts.has(url.hostname)
  return isPlain ? url.href : null
}
