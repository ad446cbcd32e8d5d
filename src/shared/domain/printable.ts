/**
 * Characters that can act instead of being read: C0 (but for the line feed and the tab), DEL, C1, and the controls that
 * turn the direction of text or hide in it. Names in a repository are written by whoever can write there.
 */
const acting =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** The text with every acting character written out as `\uXXXX`, which is also its escape inside a JSON string. */
export function printable(text: string): string {
  return text.replace(acting, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The text with everything but ASCII written out: for a name that has to be typed, so that letters that only look alike show. */
export function revealed(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The text cut into what can be shown as it stands and single acting characters, which a screen shows by their number. */
export function actingParts(text: string): readonly { readonly text: string; readonly acting: boolean }[] {
  const parts: { text: string; acting: boolean }[] = []
  let from = 0
  for (const found of text.matchAll(acting)) {
    if (found.index > from) parts.push({ text: text.slice(from, found.index), acting: false })
    const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    parts.push({ text: `U+${code}`, acting: true })
    from = found.index + found[0].length
  }
  if (from < text.length) parts.push({ text: text.slice(from), acting: false })
  return parts
}
