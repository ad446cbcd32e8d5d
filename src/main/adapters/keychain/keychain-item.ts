import { createHash } from 'node:crypto'

/**
 * A secret as text that every keychain keeps: plain bytes would be cut at a zero byte, and an empty one refused.
 *
 *     1.<generation>.<bytes>.<SHA-256 over account, line feed, generation, line feed and secret, hex>.<secret, base64>
 */
export interface KeychainItem {
  readonly generation: number
  readonly secret: Uint8Array<ArrayBuffer>
}

export function toText(account: string, { generation, secret }: KeychainItem): string {
  const base64 = Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength).toString('base64')
  return ['1', generation, secret.byteLength, checksum(account, generation, secret), base64].join('.')
}

/** Null where it is not what was written. */
export function fromText(account: string, text: string): KeychainItem | null {
  const found = /^1\.([1-9][0-9]{0,14})\.(0|[1-9][0-9]{0,7})\.([0-9a-f]{64})\.([A-Za-z0-9+/]*={0,2})$/.exec(
    text,
  )
  const [, generationText, lengthText, sum, base64] = found ?? []
  if (sum === undefined || base64 === undefined) return null
  const generation = Number(generationText)
  const secret = new Uint8Array(Number(lengthText))
  // Written to no further than its length, so a longer text cannot pass as a shorter one.
  const decoded = Buffer.alloc(Math.ceil((base64.length * 3) / 4))
  const length = decoded.write(base64, 'base64')
  secret.set(decoded.subarray(0, Math.min(length, secret.byteLength)))
  decoded.fill(0)
  if (length === secret.byteLength && checksum(account, generation, secret) === sum)
    return { generation, secret }
  secret.fill(0)
  return null
}

function checksum(account: string, generation: number, secret: Uint8Array): string {
  return createHash('sha256').update(`${account}\n${generation}\n`, 'utf8').update(secret).digest('hex')
}
