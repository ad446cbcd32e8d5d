import { createCipheriv } from 'node:crypto'

/**
 * A wrapped data key that opens under two key-encryption keys (to two different data keys). GCM does not commit to its
 * key: with both keys known, "the tags are equal" is one linear equation over GF(2^128) for a block of ciphertext
 * (NIST SP 800-38D §6.3, §6.4, §7.1).
 */
export function wrapUnderTwoKeys(
  keks: readonly [Uint8Array, Uint8Array],
  iv: Uint8Array,
  context: Uint8Array,
): Uint8Array {
  const [one, two] = keks.map((kek) => ghashParts(kek, iv, context))
  if (one === undefined || two === undefined) throw new Error('Two keys are needed.')
  const first = 0x0123456789abcdeffedcba9876543210n
  // mask ^ known ^ first·H³ ^ second·H² is the tag; solved for `second`, where both tags are the same.
  const constant = one.constant ^ two.constant ^ multiply(first, one.h3) ^ multiply(first, two.h3)
  const second = multiply(constant, inverse(one.h2 ^ two.h2))
  const tag = one.constant ^ multiply(first, one.h3) ^ multiply(second, one.h2)
  return Buffer.concat([first, second, tag].map(toBlock))
}

/** For a message of two blocks: powers of the hash key, and everything in the tag that is not ciphertext. */
function ghashParts(kek: Uint8Array, iv: Uint8Array, context: Uint8Array) {
  const encrypt = (block: Uint8Array): bigint =>
    toNumber(createCipheriv('aes-256-ecb', kek, null).setAutoPadding(false).update(block))
  const h = encrypt(Buffer.alloc(16))
  const mask = encrypt(Buffer.concat([iv, Buffer.from([0, 0, 0, 1])]))
  const h2 = multiply(h, h)
  const h3 = multiply(h2, h)
  let sum = 0n
  for (let at = 0; at < context.byteLength; at += 16) {
    const block = Buffer.alloc(16)
    block.set(context.subarray(at, at + 16))
    sum = multiply(sum ^ toNumber(block), h)
  }
  const lengths = (BigInt(context.byteLength * 8) << 64n) | BigInt(32 * 8)
  return { h2, h3, constant: mask ^ multiply(sum, h3) ^ multiply(lengths, h) }
}

/** Product in GCM's field: bit 0 is the leftmost, x^128 + x^7 + x^2 + x + 1. */
function multiply(x: bigint, y: bigint): bigint {
  const reduction = 0xe1n << 120n
  let product = 0n
  let power = y
  for (let bit = 127n; bit >= 0n; bit -= 1n) {
    if ((x >> bit) & 1n) product ^= power
    power = power & 1n ? (power >> 1n) ^ reduction : power >> 1n
  }
  return product
}

/** x^(2^128 - 2): the product of x^(2^i) for i from 1 to 127. */
function inverse(x: bigint): bigint {
  let result = 1n << 127n
  let square = x
  for (let i = 1; i < 128; i += 1) {
    square = multiply(square, square)
    result = multiply(result, square)
  }
  return result
}

function toNumber(block: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(block).toString('hex')}`)
}

function toBlock(number: bigint): Buffer {
  return Buffer.from(number.toString(16).padStart(32, '0'), 'hex')
}
