import { HoldfastError } from './error.ts'

/**
 * Where a repository is. An address is a URL and never carries a credential:
 * `s3://BUCKET/PREFIX/?endpoint=URL&region=R&style=path|virtual`, `file:///ABSOLUTE/FOLDER`,
 * `sftp://USER@HOST:PORT/FOLDER`. Its path is percent-encoded.
 */
export type RepositoryAddress =
  | {
      readonly kind: 's3'
      readonly bucket: string
      /** As typed, decoded, without the leading slash: keys begin with exactly these characters. */
      readonly prefix: string
      /** Null: Amazon's own, of the region. */
      readonly endpoint: string | null
      readonly region: string | null
      readonly style: 'path' | 'virtual'
    }
  | { readonly kind: 'file'; readonly folder: string }
  | {
      readonly kind: 'sftp'
      readonly user: string | null
      readonly host: string
      readonly port: number
      readonly folder: string
    }

/** Throws `repository.badAddress` with the reason; a credential inside is refused without being repeated. */
export function parseAddress(text: string): RepositoryAddress {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw bad(text.startsWith('/') ? 'It is a path: write it as file:///FOLDER.' : 'It is not a URL.')
  }
  // "file:x" is a URL, too, and means something else to everybody.
  if (!/^(s3:\/\/|sftp:\/\/|file:\/\/\/)/i.test(text))
    throw bad('It must begin with s3://, file:/// or sftp://.')
  if (url.password !== '' || (url.protocol !== 'sftp:' && url.username !== '')) {
    throw bad('It carries a credential; credentials are never part of an address.')
  }
  if (url.hash !== '') throw bad('It has a fragment ("#"); write %23 for a "#" in a path.')
  const path = decoded(url.pathname, 'path')
  switch (url.protocol) {
    case 's3:':
      return s3Address(url, path.replace(/^\//, ''))
    case 'file:':
      if (url.host !== '') throw bad('A folder is written with three slashes: file:///absolute/folder.')
      refuseOptions(url)
      return { kind: 'file', folder: withoutTrailingSlash(path) }
    case 'sftp:':
      refuseOptions(url)
      if (url.hostname === '') throw bad('It names no host.')
      return {
        kind: 'sftp',
        user: url.username === '' ? null : decoded(url.username, 'user'),
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port === '' ? 22 : Number(url.port),
        folder: withoutTrailingSlash(path),
      }
    default:
      throw bad('It must begin with s3://, file:/// or sftp://.')
  }
}

/** The canonical text of an address; the same place has one text, so it can key what is remembered of it. */
export function formatAddress(address: RepositoryAddress): string {
  switch (address.kind) {
    case 'file':
      return `file://${encodePath(address.folder)}`
    case 'sftp': {
      const user = address.user === null ? '' : `${encodeURIComponent(address.user)}@`
      const host = address.host.includes(':') ? `[${address.host}]` : address.host
      return `sftp://${user}${host}${address.port === 22 ? '' : `:${address.port}`}${encodePath(address.folder)}`
    }
    case 's3': {
      const options = new URLSearchParams()
      if (address.endpoint !== null) options.set('endpoint', address.endpoint)
      if (address.region !== null) options.set('region', address.region)
      if (address.style === 'path') options.set('style', 'path')
      const query = options.size > 0 ? `?${options.toString()}` : ''
      return `s3://${address.bucket}/${encodePath(address.prefix)}${query}`
    }
  }
}

function s3Address(url: URL, prefix: string): RepositoryAddress {
  const bucket = url.hostname
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]{1,254}$/.test(bucket)) throw bad('It names no bucket.')
  if (url.port !== '') throw bad('A bucket has no port; the server is given as ?endpoint=URL.')
  const known = new Set(['endpoint', 'region', 'style'])
  for (const name of url.searchParams.keys()) {
    if (!known.has(name) || url.searchParams.getAll(name).length > 1) {
      throw bad('Its options are endpoint, region and style, each at most once.')
    }
  }
  const endpoint = url.searchParams.get('endpoint')
  const style = url.searchParams.get('style') ?? 'virtual'
  if (style !== 'path' && style !== 'virtual') throw bad('Its style is "path" or "virtual".')
  const region = url.searchParams.get('region')
  if (region !== null && !/^[A-Za-z0-9-]{1,64}$/.test(region)) throw bad('Its region is no region name.')
  return {
    kind: 's3',
    bucket,
    prefix,
    endpoint: endpoint === null ? null : parseEndpoint(endpoint),
    region,
    style,
  }
}

function parseEndpoint(text: string): string {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw bad('Its endpoint is not a URL.')
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw bad('Its endpoint is not http or https.')
  if (url.username !== '' || url.password !== '') {
    throw bad('Its endpoint carries a credential; credentials are never part of an address.')
  }
  if (url.search !== '' || url.hash !== '') throw bad('Its endpoint has a query or a fragment.')
  return url.href.replace(/\/$/, '')
}

function refuseOptions(url: URL): void {
  if (url.search !== '') throw bad('It has options ("?"); write %3F for a "?" in a path.')
}

function decoded(part: string, name: string): string {
  let text: string
  try {
    text = decodeURIComponent(part)
  } catch {
    throw bad(`Its ${name} is not percent-encoded UTF-8.`)
  }
  if (text.includes('\0')) throw bad(`Its ${name} has a NUL character.`)
  return text
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

function withoutTrailingSlash(path: string): string {
  const trimmed = path.replace(/\/+$/, '')
  return trimmed === '' ? '/' : trimmed
}

function bad(why: string): HoldfastError {
  return new HoldfastError('repository.badAddress', {
    what: 'The repository address cannot be used.',
    why,
    next: 'Write s3://BUCKET/PREFIX/?endpoint=URL&region=R&style=path, file:///ABSOLUTE/FOLDER or sftp://USER@HOST:PORT/FOLDER.',
  })
}
