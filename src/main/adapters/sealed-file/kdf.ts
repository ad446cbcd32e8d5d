import { hkdfSync, scrypt, type ScryptOptions } from 'node:crypto'
import { promisify } from 'node:util'
import * as z from 'zod'

/**
 * How a passphrase becomes keys: scrypt (RFC 7914), then HKDF-SHA-256 (RFC 5869). The name stands in the file, so that
 * another function can follow.
 */
const floorN = 2 ** 16
const ceilingN = 2 ** 20
const mostMemoryBytes = 2 ** 30 + 2 ** 20

const base64 = z.base64()

/** Read from a file that anyone may have written: bounds keep it from being weak, and from taking all memory or hours. */
export const kdfHeader = z
  .strictObject({
    name: z.literal('scrypt'),
    n: z.number().int().min(floorN).max(ceilingN),
    r: z.number().int().min(8).max(16),
    p: z.number().int().min(1).max(4),
    /** 32 bytes. */
    salt: base64.length(44),
  })
  .refine(({ n }) => Number.isInteger(Math.log2(n)), 'n is no power of two')
  .refine((header) => memoryBytes(header) <= mostMemoryBytes, 'it takes more than 1 GiB')
export type KdfHeader = z.infer<typeof kdfHeader>

/** What a new file gets: 128 MiB and about 0.4 s on a modest core. */
export function newKdfHeader(salt: Uint8Array): KdfHeader {
  return { name: 'scrypt', n: 2 ** 17, r: 8, p: 1, salt: Buffer.from(salt).toString('base64') }
}

export interface SealKeys {
  readonly encryption: Buffer
  /** Authenticates the file as a whole. */
  readonly seal: Buffer
  /** Stands in the file: tells a wrong passphrase from damage. GCM alone does not commit to its key. */
  readonly commitment: Buffer
}

const runScrypt = promisify<Buffer, Buffer, number, ScryptOptions, Buffer>(scrypt)

/** Runs on the thread pool. Wiped by the caller with `wipe`. */
export async function deriveKeys(passphrase: string, header: KdfHeader): Promise<SealKeys> {
  const typed = ownBytes(passphrase.normalize('NFC'))
  const { n: N, r, p } = header
  // The default of 32 MiB throws.
  const maxmem = 2 * memoryBytes(header)
  let root: Buffer | null = null
  try {
    root = await runScrypt(typed, Buffer.from(header.salt, 'base64'), 32, { N, r, p, maxmem })
    return {
      encryption: expand(root, 'encryption'),
      seal: expand(root, 'seal'),
      commitment: expand(root, 'commitment'),
    }
  } finally {
    typed.fill(0)
    root?.fill(0)
  }
}

export function wipe(keys: SealKeys): void {
  for (const key of [keys.encryption, keys.seal, keys.commitment]) key.fill(0)
}

function expand(root: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), `holdfast sealed file 1 ${purpose}`, 32))
}

/** Not `Buffer.from`: a small one would share the pool with unrelated data, and keep a copy there. */
function ownBytes(text: string): Buffer {
  const bytes = Buffer.alloc(Buffer.byteLength(text, 'utf8'))
  bytes.write(text, 'utf8')
  return bytes
}

function memoryBytes({ n, r, p }: { readonly n: number; readonly r: number; readonly p: number }): number {
  return 128 * r * (n + p)
}
