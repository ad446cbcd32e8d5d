import { execFileSync, spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { appendFile, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openAuditLog } from '../../../../../src/main/adapters/audit-file/open-audit-log.ts'
import { systemClock } from '../../../../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../../../../src/main/adapters/system/random.ts'
import type { AuditLog } from '../../../../../src/main/ports/audit-log.ts'

const root = mkdtempSync(join(tmpdir(), 'holdfast-audit-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let next = 0
const newFolder = (): string => join(root, String((next += 1)))
const open = (folder: string): AuditLog =>
  openAuditLog(folder, { clock: systemClock, random: systemRandom, actor: 'the test' })
const chainOf = (folder: string): string => join(folder, 'audit/chain.jsonl')
const linesOf = (folder: string): readonly string[] =>
  readFileSync(chainOf(folder), 'utf8').split('\n').slice(0, -1)
const write = (folder: string, lines: readonly string[]): void =>
  writeFileSync(chainOf(folder), lines.map((line) => `${line}\n`).join(''))

const event = (subject: string) => ({ action: 'test.done', subject, facts: [] })

/** A chain of as many entries, its first one included. */
async function filled(entries: number): Promise<string> {
  const folder = newFolder()
  await open(folder).appendAll(Array.from({ length: entries - 1 }, (_, index) => event(`entry ${index + 2}`)))
  return folder
}

describe('The audit chain in its file', () => {
  it('begins with an entry that names its installation', async () => {
    const folder = newFolder()
    const entry = await open(folder).append(event('first'))
    expect(entry.seq).toBe(2)
    const { entries } = await open(folder).list({ limit: 10 })
    expect(entries.at(-1)).toMatchObject({ seq: 1, action: 'chain.started', previous: '0'.repeat(64) })
    expect(entries.at(-1)?.subject).toMatch(/^[0-9a-f]{32}$/)
  })

  it('belongs to its account alone', async () => {
    const folder = await filled(2)
    expect(statSync(join(folder, 'audit')).mode & 0o777).toBe(0o700)
    for (const name of ['chain.jsonl', 'head.json']) {
      expect(statSync(join(folder, 'audit', name)).mode & 0o777).toBe(0o600)
    }
  })

  it('is not begun by looking at it', async () => {
    const folder = newFolder()
    const audit = open(folder)
    expect(await audit.verify()).toMatchObject({ entries: 0, head: null, broken: null, cannotWrite: null })
    expect(await audit.list({ limit: 5 })).toEqual({ entries: [], more: false })
    expect(() => statSync(folder)).toThrow('ENOENT')
  })

  it('goes on after a line that a crash cut short', async () => {
    const folder = await filled(4)
    await appendFile(chainOf(folder), '{"action":"test.done","act')
    expect(await open(folder).verify()).toMatchObject({ entries: 4, broken: null })
    const entry = await open(folder).append(event('after'))
    expect(entry.seq).toBe(5)
    expect(await open(folder).verify()).toMatchObject({ entries: 5, broken: null })
    expect(linesOf(folder)).toHaveLength(5)
  })

  it('goes on after a crash between the entry and what is remembered of it', async () => {
    const folder = await filled(3)
    const head = readFileSync(join(folder, 'audit/head.json'))
    await open(folder).append(event('fourth'))
    writeFileSync(join(folder, 'audit/head.json'), head)
    expect((await open(folder).append(event('fifth'))).seq).toBe(5)
    expect(await open(folder).verify()).toMatchObject({ entries: 5, broken: null })
  })

  it('lists a page from the middle, and entries of any length', async () => {
    const folder = newFolder()
    const audit = open(folder)
    const long = 'x'.repeat(8000)
    await audit.appendAll(
      Array.from({ length: 60 }, (_, index) => event(index % 3 === 0 ? long : `entry ${index}`)),
    )
    const { entries, more } = await audit.list({ limit: 5, before: 30 })
    expect(entries.map(({ seq }) => seq)).toEqual([29, 28, 27, 26, 25])
    expect(more).toBe(true)
    const all = await audit.list({ limit: 500 })
    expect(all.entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 61 }, (_, index) => 61 - index))
  })

  it('lists any page of a long chain', async () => {
    const folder = newFolder()
    const audit = open(folder)
    const subjects = Array.from({ length: 2000 }, (_, index) => event('x'.repeat((index * 37) % 300)))
    await audit.appendAll(subjects)
    for (const before of [1, 2, 3, 500, 501, 1000, 1777, 1999, 2000, 2001, 2002, 9999]) {
      const newest = Math.min(before - 1, 2001)
      const wanted = Array.from({ length: Math.min(4, newest) }, (_, index) => newest - index)
      const { entries } = await audit.list({ limit: 4, before })
      expect([before, entries.map(({ seq }) => seq)]).toEqual([before, wanted])
    }
  })

  it('finds what JSON spells in its own way', async () => {
    const audit = open(newFolder())
    for (const text of ['a "quoted" word', 'two\nlines', 'Über', '\ud800 alone', 'back\\slash']) {
      await audit.append(event(text))
    }
    const found = async (find: string) =>
      (await audit.list({ limit: 9, find })).entries.map(({ subject }) => subject)
    expect(await found('"QUOTED"')).toEqual(['a "quoted" word'])
    expect(await found('o\nl')).toEqual(['two\nlines'])
    expect(await found('über')).toEqual(['Über'])
    expect(await found('\ud800')).toEqual(['\ud800 alone'])
    expect(await found('k\\s')).toEqual(['back\\slash'])
    // What only the line has is in no entry.
    expect(await found('"previous"')).toEqual([])
  })

  it('tells the entries of one name apart from those of a longer one', async () => {
    const audit = open(newFolder())
    for (const subject of ['kiok', 'kiok-prod', 'KIOK', 'reader']) {
      const value = subject === 'reader' ? 'kiok' : 'x kiok'
      await audit.append({ ...event(subject), facts: [{ name: 'for', value }] })
    }
    const { entries, more } = await audit.list({ limit: 2, names: 'kiok' })
    expect([entries.map(({ subject }) => subject), more]).toEqual([['reader', 'kiok'], false])
    const both = await audit.list({ limit: 2, names: 'kiok', find: 'read' })
    expect(both.entries.map(({ subject }) => subject)).toEqual(['reader'])
  })

  it('stops walking when it is told to', async () => {
    const folder = await filled(50)
    await expect(open(folder).verify(AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('A change of the chain is a break that names the first entry that does not fit', () => {
  const changes: readonly (readonly [string, number, (lines: readonly string[]) => readonly string[]])[] = [
    [
      'an entry edited',
      40,
      (lines) => lines.map((line, at) => (at === 39 ? line.replace('entry', 'other') : line)),
    ],
    ['an entry dropped', 40, (lines) => lines.filter((_, at) => at !== 39)],
    [
      'two entries reordered',
      40,
      (lines) => lines.map((line, at) => lines[at === 39 ? 40 : at === 40 ? 39 : at] ?? line),
    ],
    ['an entry put in', 40, (lines) => [...lines.slice(0, 39), '{}', ...lines.slice(39)]],
    ['its end cut off', 91, (lines) => lines.slice(0, 90)],
    ['all of it cut off', 1, () => []],
  ]
  it.each(changes)('%s', async (_, seq, change) => {
    const folder = await filled(100)
    write(folder, change(linesOf(folder)))
    expect((await open(folder).verify()).broken?.seq).toBe(seq)
  })

  it('its end cut off, told with both numbers, and nothing is appended', async () => {
    const folder = await filled(100)
    write(folder, linesOf(folder).slice(0, 90))
    const audit = open(folder)
    const { broken, cannotWrite } = await audit.status()
    expect(broken?.reason).toContain('The chain ends at 90, and 100 were written')
    expect(cannotWrite).toBe('The chain is broken at entry 91.')
    await expect(audit.append(event('more'))).rejects.toMatchObject({ code: 'audit.broken' })
    expect(linesOf(folder)).toHaveLength(90)
  })

  it('the file gone, and the memory of its end gone', async () => {
    const folder = await filled(10)
    await rename(chainOf(folder), `${chainOf(folder)}.away`)
    expect((await open(folder).status()).broken).toMatchObject({ seq: 1 })
    await rename(`${chainOf(folder)}.away`, chainOf(folder))
    expect((await open(folder).status()).broken).toBeNull()
    rmSync(join(folder, 'audit/head.json'))
    expect((await open(folder).status()).broken).toMatchObject({ seq: 11 })
    writeFileSync(join(folder, 'audit/head.json'), '{}')
    await expect(open(folder).append(event('more'))).rejects.toMatchObject({ code: 'audit.broken' })
  })

  it('an older file put back behind a running program', async () => {
    const folder = await filled(10)
    const audit = open(folder)
    await audit.append(event('11'))
    const older = linesOf(folder).slice(0, 5)
    rmSync(join(folder, 'audit/head.json'))
    write(folder, older)
    await expect(audit.append(event('12'))).rejects.toMatchObject({ code: 'audit.broken' })
  })

  it('found by walking it, it stops this program from appending', async () => {
    const folder = await filled(20)
    const audit = open(folder)
    await audit.append(event('21'))
    write(
      folder,
      linesOf(folder).map((line, at) => (at === 4 ? line.replace('entry 5', 'entry 6') : line)),
    )
    expect((await audit.verify()).broken?.seq).toBe(5)
    await expect(audit.append(event('22'))).rejects.toMatchObject({ code: 'audit.broken' })
  })
})

describe('A copied profile', () => {
  it('says so in its own chain, and the first one stays as it is', async () => {
    const folder = await filled(3)
    const copy = newFolder()
    cpSync(folder, copy, { recursive: true })
    expect((await open(copy).append(event('in the copy'))).seq).toBe(5)
    const { entries } = await open(copy).list({ limit: 2 })
    expect(entries.map(({ action }) => action)).toEqual(['test.done', 'chain.moved'])
    expect((await open(folder).append(event('in the first'))).seq).toBe(4)
    expect((await open(copy).append(event('again'))).seq).toBe(6)
  })
})

describe('Several processes', () => {
  const child = join(import.meta.dirname, 'append-child.ts')
  const start = (folder: string, name: string, count: number) => {
    const process_ = spawn(process.execPath, [child, folder, name, String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    process_.stdout.on('data', (piece: Buffer) => (printed += piece.toString()))
    const ended = new Promise<number | null>((resolve) => process_.on('close', resolve))
    return { process: process_, ended, hashes: () => printed.split('\n').slice(0, -1) }
  }

  it('make one chain of two times 200 entries', async () => {
    const folder = newFolder()
    const both = [start(folder, 'one', 200), start(folder, 'two', 200)]
    expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0])
    expect(await open(folder).verify()).toMatchObject({ entries: 401, broken: null })
    const kept = linesOf(folder).map((line) => /"hash":"([0-9a-f]{64})"/.exec(line)?.[1])
    expect(new Set(kept)).toEqual(new Set([kept[0], ...both.flatMap(({ hashes }) => hashes())]))
  })

  it('that are killed keep no lock, and lose nothing that was promised', async () => {
    const folder = newFolder()
    const promised: string[] = []
    for (let round = 0; round < 6; round += 1) {
      const run = start(folder, `round ${round}`, 10_000)
      await new Promise<void>((resolve) => {
        run.process.stdout.on('data', () => {
          if (run.hashes().length >= 3 + round) resolve()
        })
      })
      run.process.kill('SIGKILL')
      await run.ended
      promised.push(...run.hashes())
    }
    await open(folder).append(event('last'))
    expect(await open(folder).verify()).toMatchObject({ broken: null })
    const kept = readFileSync(chainOf(folder), 'utf8')
    expect(promised.filter((hash) => !kept.includes(`"hash":"${hash}"`))).toEqual([])
  })
})

describe('Where no entry can be written', () => {
  it.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')(
    'for want of room, none of them is in the chain, and it goes on once there is some (a small tmpfs, as root)',
    async () => {
      const folder = newFolder()
      mkdirSync(folder)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder])
      try {
        const audit = open(folder)
        await audit.append(event('first'))
        const ballast = join(folder, 'ballast')
        writeFileSync(ballast, Buffer.alloc(120 * 1024))
        let written = 2
        const refusal = await (async (): Promise<unknown> => {
          for (;;) {
            try {
              await audit.appendAll(Array.from({ length: 20 }, () => event('x'.repeat(500))))
              written += 20
            } catch (error) {
              return error
            }
          }
        })()
        expect(refusal).toMatchObject({
          code: 'audit.cannotWrite',
          text: { why: 'There is no room left for it.' },
        })
        expect((await audit.status()).cannotWrite).toBe('There is no room left for it.')
        expect(await audit.verify()).toMatchObject({ entries: written, broken: null })
        truncateSync(ballast, 0)
        expect((await audit.append(event('again'))).seq).toBe(written + 1)
        expect(await open(folder).verify()).toMatchObject({ entries: written + 1, broken: null })
      } finally {
        execFileSync('umount', [folder])
      }
    },
  )

  it('where a link stands in its place, what it points to stays as it is', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'audit'), { recursive: true })
    const victim = join(folder, 'victim')
    writeFileSync(victim, 'untouched')
    symlinkSync(victim, chainOf(folder))
    await expect(open(folder).append(event('first'))).rejects.toMatchObject({ code: 'audit.cannotWrite' })
    expect(readFileSync(victim, 'utf8')).toBe('untouched')
  })
})
