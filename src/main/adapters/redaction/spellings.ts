export const withheld = '[withheld]'

/** Shorter ones would blot out ordinary words, and nobody's credential is that short. */
const shortestBytes = 4

/** A secret in every spelling in which a library, or whoever it was sent to, may repeat it; none where it is too short. */
export function spellingsOf(secret: Uint8Array | string): readonly string[] {
  const bytes = Buffer.from(secret)
  if (bytes.byteLength < shortestBytes) return []
  const text = bytes.toString('utf8')
  const hex = bytes.toString('hex')
  const percent = hex.replace(/../g, '%$&')
  const url = new URLSearchParams({ s: text }).toString().slice(2)
  const base64 = [0, 1, 2].flatMap((shift) => shiftedBase64(bytes, shift))
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    ...[hex, percent, url, url.replaceAll('+', '%20'), encoded(text)].flatMap((each) => [
      each,
      each.replace(/%[0-9a-f]{2}/gi, (code) => code.toLowerCase()),
      each.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase()),
    ]),
    hex.toUpperCase(),
    ...base64,
    ...base64.map((each) => each.replaceAll('+', '-').replaceAll('/', '_')),
    ...base64.map(encodeURIComponent),
  ].filter((spelling) => spelling.length >= shortestBytes)
}

/** A lone half of a surrogate pair has no percent-encoding; the bytes of the secret have. */
function encoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : text
}

/**
 * The letters of base64 that only the secret decides, where `shift` bytes stand before it in the encoded text
 * (`user:secret` of basic authentication).
 */
function shiftedBase64(bytes: Buffer, shift: number): readonly string[] {
  const whole = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  const begin = Math.ceil((shift * 8) / 6)
  const end = Math.floor(((shift + bytes.byteLength) * 8) / 6)
  return [whole.slice(begin, end)]
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

/** Whatever of them stands in a text, the longest first, so that no beginning of a longer one is left; null for none. */
export function anyOf(spellings: Iterable<string>): RegExp | null {
  const sorted = [...spellings].sort((a, b) => b.length - a.length)
  return sorted.length === 0 ? null : new RegExp(sorted.map(literal).join('|'), 'g')
}

/** Takes secrets that were sent out of what is said of the answer: a server may repeat what it was sent. */
export function blotterOf(secrets: readonly string[]): (text: string) => string {
  const known = anyOf(secrets.flatMap(spellingsOf))
  return (text) => (known === null ? text : text.replace(known, withheld))
}

const secretFact =
  /authori[sz]ation|token|secret|passw|passphrase|signature|cookie|credential|(?:private|master|access).?key/i

/** Facts under such a name are never written, whatever they hold. */
export function isSecretName(name: string): boolean {
  return secretFact.test(name)
}
