import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import type { Random } from '../ports/random.ts'
import { commonHeaders, noncePlaceholder, pagePolicy } from './page-policy.ts'

export interface PageFile {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer>
}

/** What the build makes; nothing else is served. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
}

/**
 * The file of the window's pages that a path names (`/` is the page itself), with its headers; null where there is none. A
 * path is matched as it was sent: whatever is encoded, empty, hidden or points upwards names nothing, and a link that leads
 * out of the folder neither.
 */
export async function readPageFile(
  path: string,
  { folder, random }: { readonly folder: string; readonly random: Random },
): Promise<PageFile | null> {
  const name = path === '/' ? '/index.html' : path
  if (!/^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/.test(name) || name.includes('..')) return null
  const type = types[extname(name)]
  if (type === undefined) return null
  const body = await readInside(folder, name)
  if (body === null) return null
  const nonce = Buffer.from(random.bytes(18)).toString('base64')
  const isPage = extname(name) === '.html'
  return {
    headers: { ...commonHeaders, 'content-type': type, 'content-security-policy': pagePolicy(nonce) },
    body: isPage
      ? new Uint8Array(Buffer.from(Buffer.from(body).toString('utf8').replaceAll(noncePlaceholder, nonce)))
      : body,
  }
}

async function readInside(folder: string, name: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const root = await realpath(folder)
    const file = await realpath(join(root, name))
    return file.startsWith(`${root}${sep}`) ? await readFile(file) : null
  } catch {
    return null
  }
}
