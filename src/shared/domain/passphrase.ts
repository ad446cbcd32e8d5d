/**
 * Passphrases of made-up words that can be said and typed: "proquints" (Wilkerson, arXiv:0901.4016), five letters for
 * 16 bits, consonant and vowel in turns. Every pair of bytes is another word, so no byte is wasted and none is favoured.
 */
const consonants = 'bdfghjklmnprstvz'
const vowels = 'aiou'
const words = 6

/** How many random bytes a passphrase takes. */
export const passphraseBytes = 2 * words
export const passphraseBits = 8 * passphraseBytes

/** Six words of 16 bits each: 96 bits. Throws a RangeError for another number of bytes. */
export function makePassphrase(random: Uint8Array): string {
  if (random.byteLength !== passphraseBytes)
    throw new RangeError(`A passphrase takes ${passphraseBytes} bytes.`)
  const view = new DataView(random.buffer, random.byteOffset, random.byteLength)
  return Array.from({ length: words }, (_, at) => word(view.getUint16(2 * at))).join(' ')
}

function word(bits: number): string {
  const consonant = (shift: number): string => consonants.charAt((bits >> shift) & 15)
  const vowel = (shift: number): string => vowels.charAt((bits >> shift) & 3)
  return consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0)
}
