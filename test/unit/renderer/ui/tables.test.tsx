import { expect, test } from 'vitest'

const sources = import.meta.glob<string>('../../../../src/renderer/{app,areas,wizards}/**/*.tsx', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** Tables that are copied by the page that shows them: where that stands. */
const copiedBy: Readonly<Record<string, string>> = {
  'areas/activity/audit-table.tsx': 'areas/activity/audit-chain.tsx',
  'areas/backups/backup-list.tsx': 'areas/backups/backups-screen.tsx',
  'areas/chain/map-grid.tsx': 'areas/chain/chain-screen.tsx',
  'areas/fleet/fleet-table.tsx': 'areas/fleet/fleet.tsx',
}

const tables = /<table\b|<DataTable\b|\brole="(?:table|grid|treegrid)"/g
const copies = /<CopyTable\b/g

test('every table can be copied as text', () => {
  const counts = new Map(
    Object.entries(sources).map(([path, source]) => [
      path.replace(/^.*\/src\/renderer\//, ''),
      { tables: source.match(tables)?.length ?? 0, copies: source.match(copies)?.length ?? 0 },
    ]),
  )
  const drawn = new Map<string, number>()
  for (const [file, count] of counts) {
    if (count.tables === 0) continue
    const where = copiedBy[file] ?? file
    drawn.set(where, (drawn.get(where) ?? 0) + count.tables)
  }
  expect(drawn.size).toBeGreaterThan(15)
  const lacking = [...drawn].filter(([file, count]) => (counts.get(file)?.copies ?? 0) < count)
  expect(lacking).toEqual([])
})
