import * as tls from 'node:tls'

/** Node trusts only its built-in list by itself; an operator's company CA is in the system's (Node 22.15 or later). */
export function systemAuthorities(): readonly string[] {
  const listed: typeof tls.getCACertificates | undefined = tls.getCACertificates
  return listed === undefined ? [...tls.rootCertificates] : [...listed('default'), ...listed('system')]
}
