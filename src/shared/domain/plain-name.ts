const utf8 = new TextEncoder()

/**
 * True for a name that is one path part and nothing else: 1..255 bytes, no `/`, `\` or NUL, not `.` or `..`. Names of
 * backups, holders and objects in a manifest must be of this kind before any key is made of them.
 */
export function isPlainName(name: string): boolean {
  if (name === '' || name === '.' || name === '..') return false
  if (/[/\\\0]/.test(name)) return false
  return utf8.encode(name).byteLength <= 255
}
