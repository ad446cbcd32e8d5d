/**
 * One word that a POSIX shell reads as exactly these characters. The only place where text becomes part of a command
 * line. Backslashes stand outside the quotes because fish, which may be a login shell, reads them inside.
 */
export function shellWord(text: string): string {
  return `'${text.replace(/['\\]/g, (char) => `'\\${char}'`)}'`
}
