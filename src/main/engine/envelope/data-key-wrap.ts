import { createCipheriv, createDecipheriv } from 'node:crypto'
import { wrapContext, type EnvelopeHeader } from '../../../shared/domain/envelope-header.ts'
import { tagBytes } from '../../../shared/domain/envelope-sizes.ts'
import { segmentAlgorithm } from './segment-cipher.ts'

type Context = Pick<EnvelopeHeader, 'keyId' | 'keyVersion' | 'backupId' | 'store'>

/** The data key sealed under a key-encryption key and bound to its place; ciphertext and tag, 48 bytes. */
export function wrapDataKey(
  dataKey: Uint8Array,
  context: Context,
  { kek, iv }: { readonly kek: Uint8Array; readonly iv: Uint8Array },
): Buffer {
  const cipher = createCipheriv(segmentAlgorithm, kek, iv, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(wrapContext(context), 'utf8'))
  return Buffer.concat([cipher.update(dataKey), cipher.final(), cipher.getAuthTag()])
}

/** The data key of a header, 32 bytes in a buffer of their own; null where this key-encryption key does not open it. */
export function unwrapDataKey(header: EnvelopeHeader, kek: Uint8Array): Uint8Array | null {
  const sealed = Buffer.from(header.wrap.ct, 'base64')
  const iv = Buffer.from(header.wrap.iv, 'base64')
  const decipher = createDecipheriv(segmentAlgorithm, kek, iv, { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(wrapContext(header), 'utf8'))
  const dataKey = new Uint8Array(decipher.update(sealed.subarray(0, -tagBytes)))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  try {
    decipher.final()
    return dataKey
  } catch {
    dataKey.fill(0)
    return null
  }
}
