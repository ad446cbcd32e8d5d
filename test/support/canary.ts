/** The forms of a secret that stand in a text: plain, in a URL, in JSON, as hex and as base64 at any offset. */
export function traces(secret: string, text: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8')
  const forms: readonly (readonly [string, string, string])[] = [
    ['plain', secret, text],
    ['url', encodeURIComponent(secret), text],
    ['json', JSON.stringify(secret).slice(1, -1), text],
    ['hex', bytes.toString('hex'), text.toLowerCase()],
    ...[0, 1, 2].map((offset) => ['base64', base64At(bytes, offset), asBase64(text)] as const),
  ]
  return forms.flatMap(([name, form, where]) => (where.includes(form) ? [name] : []))
}

/** What of it is the same whatever stands around it, where it begins at this place of a group of three bytes. */
function base64At(bytes: Buffer, offset: number): string {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes])
  const text = whole.toString('base64url')
  return text.slice(offset === 0 ? 0 : offset + 1, Math.floor((whole.byteLength * 8) / 6))
}

function asBase64(text: string): string {
  return text.replaceAll('+', '-').replaceAll('/', '_')
}
