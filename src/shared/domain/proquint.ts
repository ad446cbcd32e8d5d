const consonants = 'bdfghjklmnprstvz'
const vowels = 'aiou'

/**
 * Random numbers as words that can be read aloud and typed: sixteen bits are five letters, consonants and vowels by turns
 * (proquints, arXiv:0901.4016).
 */
export function proquints(values: Uint16Array): string {
  return [...values]
    .map((value) =>
      [
        consonants[value >> 12],
        vowels[(value >> 10) & 3],
        consonants[(value >> 6) & 15],
        vowels[(value >> 4) & 3],
        consonants[value & 15],
      ].join(''),
    )
    .join('-')
}
