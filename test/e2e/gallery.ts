/** A page with every picture of a folder: each screen light beside dark, in the order of their names. */
export function galleryOf(files: readonly string[]): string {
  const there = new Set(files)
  const screens = [...new Set(files.map((file) => file.replace(/-(light|dark)\.png$/, '')))].toSorted()
  const cell = (screen: string, look: 'light' | 'dark'): string => {
    const file = `${screen}-${look}.png`
    return there.has(file) ? `![${wordsOf(screen)}, ${look}](${file})` : 'the same'
  }
  // Columns as wide as what is in them, as every table here is written.
  const parts = screens.map((screen) => {
    const cells = [cell(screen, 'light'), cell(screen, 'dark')]
    const row = (texts: readonly string[], fill: string): string =>
      `| ${texts.map((text, at) => text.padEnd(cells[at]?.length ?? 0, fill)).join(' | ')} |`
    return `## ${wordsOf(screen)}\n\n${row(['Light', 'Dark'], ' ')}\n${row(['', ''], '-')}\n${row(cells, ' ')}\n`
  })
  return `# Every screen\n\nAs \`npm run screenshots\` takes them, which writes this page too.\n\n${parts.join('\n')}`
}

/** `restore-4-confirm` is "Restore 4 confirm". */
function wordsOf(screen: string): string {
  const words = screen.replaceAll('-', ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
