import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { checkChainFile } from '../../../../../src/main/adapters/audit-file/check-chain-file.ts'
import { sha256 } from '../../../../../src/main/adapters/audit-file/walk-chain.ts'
import {
  chainStart,
  entryLine,
  nextEntry,
  type ChainEntry,
} from '../../../../../src/shared/domain/audit-chain.ts'
import { tries } from '../../../../support/tries.ts'

const root = mkdtempSync(join(tmpdir(), 'holdfast-chain-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const checker = join(import.meta.dirname, '../../../../../resources/audit-check.py')
const python = '/usr/bin/python3'
const noPython = existsSync(python) ? null : 'there is no Python 3 here'

function chainOf(texts: readonly string[]): readonly ChainEntry[] {
  const entries: ChainEntry[] = []
  for (const text of texts) {
    entries.push(
      nextEntry(
        entries.at(-1) ?? chainStart,
        {
          at: '2026-11-20T02:00:00.000Z',
          actor: 'root@master, command line',
          action: 'test.done',
          subject: text,
          facts: [{ name: text, value: 'fact' }],
          reason: text.length % 2 === 0 ? null : text,
        },
        sha256,
      ),
    )
  }
  return entries
}

const bytesOf = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''))

/** Ours and the stand-alone one: `null` for whole, else the first entry that does not fit. */
async function verdicts(bytes: Uint8Array): Promise<{ readonly ours: string; readonly theirs: string }> {
  const file = join(root, 'chain.jsonl')
  writeFileSync(file, bytes)
  const { last, broken } = await checkChainFile(file)
  const { stdout } = spawnSync(python, [checker, file], { encoding: 'utf8' })
  return {
    ours: broken === null ? `whole: ${last.seq} entries, head ${last.hash}` : `broken at entry ${broken.seq}`,
    theirs: stdout
      .split(': ')
      .slice(0, stdout.startsWith('whole') ? 2 : 1)
      .join(': ')
      .trim(),
  }
}

/** Texts that could end a line, pose as one, or are no text in UTF-8. */
const hostileText = fc.oneof(
  fc.constantFrom(
    '\n{"seq":1}',
    '\r\n',
    '\u2028\u2029',
    '\ud800',
    'a\udfffb',
    '\udc00\ud800',
    '\u{1f5ff}',
    '\u0000\u0007\b\f\t',
    '"\\/',
    '\u007f\u0085',
    '\ufeff',
    '__proto__',
    '\ufffe\uffff',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
    .map((units) => String.fromCharCode(...units)),
)

type Change = (entries: readonly ChainEntry[], at: number) => Uint8Array

const changes: Readonly<Record<string, Change>> = {
  edited: (entries, at) =>
    bytesOf(
      entries.map((entry, index) =>
        entryLine(index === at ? { ...entry, subject: `${entry.subject}!` } : entry),
      ),
    ),
  'edited, with its hash made anew': (entries, at) => {
    const lines = entries.map((entry, index) => {
      if (index !== at) return entryLine(entry)
      const before = { seq: entry.seq - 1, hash: entry.previous }
      return entryLine(nextEntry(before, { ...entry, actor: 'somebody else' }, sha256))
    })
    return bytesOf(lines)
  },
  dropped: (entries, at) => bytesOf(entries.filter((_, index) => index !== at).map(entryLine)),
  doubled: (entries, at) =>
    bytesOf(entries.flatMap((entry, index) => (index === at ? [entry, entry] : [entry])).map(entryLine)),
  reordered: (entries, at) =>
    bytesOf([...entries.slice(0, at), ...entries.slice(at).toReversed()].map(entryLine)),
  'cut within a line': (entries, at) => {
    const whole = bytesOf(entries.slice(0, at + 1).map(entryLine))
    return whole.subarray(0, whole.byteLength - 1 - (at % 40))
  },
  'cut at a line': (entries, at) => bytesOf(entries.slice(0, at).map(entryLine)),
  'with a line put in': (entries, at) =>
    bytesOf(entries.flatMap((entry, index) => (index === at ? ['{', entryLine(entry)] : [entryLine(entry)]))),
  'with an empty line': (entries, at) =>
    bytesOf(entries.flatMap((entry, index) => (index === at ? ['', entryLine(entry)] : [entryLine(entry)]))),
  'with a space': (entries, at) =>
    bytesOf(
      entries.map((entry, index) => (index === at ? entryLine(entry).replace('{', '{ ') : entryLine(entry))),
    ),
  'with a name twice': (entries, at) =>
    bytesOf(
      entries.map((entry, index) =>
        index === at ? entryLine(entry).replace('{', '{"action":"x",') : entryLine(entry),
      ),
    ),
  'with another field': (entries, at) =>
    bytesOf(
      entries.map((entry, index) =>
        index === at ? entryLine(entry).replace('{', '{"aaa":NaN,') : entryLine(entry),
      ),
    ),
  'with its number as a fraction': (entries, at) =>
    bytesOf(
      entries.map((entry, index) =>
        index === at ? entryLine(entry).replace(/"seq":(\d+)/, '"seq":$1.0') : entryLine(entry),
      ),
    ),
  'with a byte order mark': (entries) =>
    Buffer.concat([Buffer.from('\ufeff'), bytesOf(entries.map(entryLine))]),
  'with line ends of Windows': (entries) => bytesOf(entries.map((entry) => `${entryLine(entry)}\r`)),
  'with bytes that are no UTF-8': (entries, at) => {
    const before = bytesOf(entries.slice(0, at).map(entryLine))
    return Buffer.concat([
      before,
      Buffer.from([0xed, 0xa0, 0x80, 0x0a]),
      bytesOf(entries.slice(at).map(entryLine)),
    ])
  },
}

describe.skipIf(noPython !== null)('The stand-alone checker and the console agree', () => {
  it('on chains that hold any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileText, { maxLength: 12 }), async (texts) => {
        const entries = chainOf(texts)
        const { ours, theirs } = await verdicts(bytesOf(entries.map(entryLine)))
        expect(ours).toBe(`whole: ${texts.length} entries, head ${entries.at(-1)?.hash ?? '0'.repeat(64)}`)
        expect(theirs).toBe(ours)
      }),
      { numRuns: tries(60) },
    )
  })

  it.each(Object.keys(changes))('on chains that are %s', async (name) => {
    const change = changes[name]
    if (change === undefined) throw new Error('no such change')
    await fc.assert(
      fc.asyncProperty(
        fc.array(hostileText, { minLength: 2, maxLength: 8 }),
        fc.nat(),
        async (texts, place) => {
          const { ours, theirs } = await verdicts(change(chainOf(texts), place % texts.length))
          expect(theirs).toBe(ours)
        },
      ),
      { numRuns: tries(8) },
    )
  })

  it('on a flip of any one bit', async () => {
    const whole = bytesOf(chainOf(['a', '\n{', 'c\ud800']).map(entryLine))
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.byteLength - 1), fc.nat(7), async (at, bit) => {
        const flipped = Buffer.from(whole)
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit)
        const { ours, theirs } = await verdicts(flipped)
        expect(ours).toMatch(/^broken at entry [1-4]$/)
        expect(theirs).toBe(ours)
      }),
      { numRuns: tries(60) },
    )
  })

  it('on one hundred entries, whichever is edited, dropped, moved or cut off', async () => {
    const entries = chainOf(Array.from({ length: 100 }, (_, index) => `entry ${index}`))
    for (const at of [0, 1, 49, 98]) {
      for (const name of ['edited', 'dropped', 'doubled', 'reordered', 'cut within a line']) {
        const { ours, theirs } = await verdicts(changes[name]?.(entries, at) ?? new Uint8Array())
        expect([name, ours]).toEqual([name, `broken at entry ${name === 'doubled' ? at + 2 : at + 1}`])
        expect(theirs).toBe(ours)
      }
    }
  })

  it('and a head that was written down shows that the end was cut off', () => {
    const entries = chainOf(['one', 'two', 'three'])
    const file = join(root, 'cut.jsonl')
    writeFileSync(file, bytesOf(entries.map(entryLine)))
    const head = entries[2]?.hash ?? ''
    expect(execFileSync(python, [checker, file, head], { encoding: 'utf8' })).toContain('whole: 3 entries')
    writeFileSync(file, bytesOf(entries.slice(0, 2).map(entryLine)))
    const { status, stdout } = spawnSync(python, [checker, file, head], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stdout).toContain('broken at entry 3: the chain ends')
  })

  it('and a file that cannot be read is no verdict', async () => {
    const { status } = spawnSync(python, [checker, join(root, 'none')])
    expect(status).toBe(3)
    await expect(checkChainFile(join(root, 'none'))).rejects.toMatchObject({ code: 'audit.cannotWrite' })
  })
})
