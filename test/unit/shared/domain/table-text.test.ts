import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvOf, markdownOf, tsvOf } from '../../../../src/shared/domain/table-text.ts'

const one = (cell: string) => ({ columns: ['name'], rows: [[cell]] })

describe('A table as text', () => {
  const table = {
    columns: ['backup', 'verdict'],
    rows: [
      ['2026-11-20', 'good'],
      ['b, "c"', 'not\tproved'],
    ],
  }

  it('is tab-separated for a spreadsheet', () => {
    expect(tsvOf(table)).toBe('backup\tverdict\n2026-11-20\tgood\nb, "c"\tnot proved\n')
  })

  it('is CSV after RFC 4180', () => {
    expect(csvOf(table)).toBe('backup,verdict\r\n2026-11-20,good\r\n"b, ""c""",not\tproved\r\n')
  })

  it('is Markdown', () => {
    expect(markdownOf(table)).toBe(
      '| backup | verdict |\n| --- | --- |\n| 2026-11-20 | good |\n| b, "c" | not proved |\n',
    )
  })
})

describe('A cell that is pasted', () => {
  it('does nothing in a terminal and turns no direction', () => {
    const [, cell] = tsvOf(one('a\u0003\u001b[31m\u202eb\u009bc')).split('\n')
    expect(cell).toBe('a\\u0003\\u001b[31m\\u202eb\\u009bc')
  })
})

describe('A cell is never a formula', () => {
  const formulas = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    ' =1',
    '\u00a0=1',
    '＝1',
    '=cmd|"/c calc"!A1',
    '\n@x',
  ]
  it.each(formulas)('%j', (formula) => {
    for (const text of [tsvOf(one(formula)), csvOf(one(formula))]) {
      const cell = text.split(/\r?\n/).slice(1).join('\n')
      expect(cell.replace(/^"/, '').trimStart()).toMatch(/^'/)
    }
  })

  it('whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\n', '\r', ' ', '"', ',', 'a') }),
        (cell) => {
          const [, tsv = ''] = tsvOf(one(cell)).split('\n')
          expect(tsv).not.toMatch(/^\s*[=+\-@]/)
          const csv = csvOf(one(cell)).slice('name\r\n'.length).replace(/^"/, '')
          expect(csv).not.toMatch(/^\s*[=+\-@]/)
        },
      ),
    )
  })

  it('and keeps rows and columns apart', () => {
    const cells = fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 2 })
    fc.assert(
      fc.property(cells, (cells) => {
        const lines = tsvOf({ columns: ['a', 'b'], rows: [cells] }).split('\n')
        expect(lines).toHaveLength(3)
        expect(lines[1]?.split('\t')).toHaveLength(2)
      }),
    )
  })
})

describe('A cell is never markup', () => {
  const markup = [
    '![](https://evil.example/x.png)',
    '[a](b)',
    '<img src=x>',
    'a | b',
    '`code`',
    '**bold**',
    '\\',
    '~~a~~',
  ]
  it.each(markup)('%s', (text) => {
    const cell = markdownOf(one(text)).split('\n')[2]?.slice(2, -2) ?? ''
    expect(cell.replace(/\\./g, '')).not.toMatch(/[\\`*_{}[\]()<>|!#~]/)
    // What is read is what was there.
    expect(cell.replace(/\\(.)/g, '$1')).toBe(text)
  })

  it('nor a link by its address alone', () => {
    const [, , row] = markdownOf(one('https://evil.example www.evil.example a@evil.example')).split('\n')
    expect(row).toBe('| https\\://evil.example www\\.evil.example a\\@evil.example |')
  })

  it('nor more than one line', () => {
    expect(markdownOf(one('a\n\n# b')).split('\n')).toHaveLength(4)
  })
})
