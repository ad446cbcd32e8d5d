import type { FileHandle } from 'node:fs/promises'
import type { AuditEntry } from '../../../shared/contract/audit.ts'
import { readEntry } from '../../../shared/domain/audit-chain.ts'
import { throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import type { AuditLog } from '../../ports/audit-log.ts'
import { linesBefore, linesOf, type ChainLine } from './chain-lines.ts'
import { openChain, withChain } from './look.ts'
import { sha256 } from './walk-chain.ts'

type ListOptions = Parameters<AuditLog['list']>[0]
type Page = Awaited<ReturnType<AuditLog['list']>>

/** Newest first, read from the end of the file. What is no entry is left out: `verify` is who tells of it. */
export async function listEntries(file: string, { before, limit, find, names }: ListOptions): Promise<Page> {
  const page = await withChain(file, async (chain): Promise<Page> => {
    const entries: AuditEntry[] = []
    const { size } = await chain.stat()
    const end = before === undefined ? size : await endOfThoseBefore(chain, before, size)
    // An entry's line holds each of its texts, spelt as JSON: most lines need not be read as entries.
    const spelt = [find, names].flatMap((text) =>
      text === undefined || text === '' ? [] : [JSON.stringify(text).slice(1, -1).toLowerCase()],
    )
    for await (const { text } of linesBefore(chain, end)) {
      const line = text?.toLowerCase() ?? ''
      if (!spelt.every((each) => line.includes(each))) continue
      const reading = text === null ? null : readEntry(text, sha256)
      if (reading?.ok !== true) continue
      const { entry } = reading
      if (before !== undefined && entry.seq >= before) continue
      if (find !== undefined && !holds(entry, find.toLowerCase())) continue
      if (names !== undefined && !isAbout(entry, names)) continue
      if (entries.length === limit) return { entries, more: true }
      entries.push(entry)
    }
    return { entries, more: false }
  })
  return page ?? { entries: [], more: false }
}

const nearBytes = 64 * 1024

/** An offset after all entries before that number and not far behind them: numbers grow with the offset. */
async function endOfThoseBefore(chain: FileHandle, before: number, size: number): Promise<number> {
  let low = 0
  let high = size
  let end = size
  while (high - low > nearBytes) {
    const middle = Math.floor((low + high) / 2)
    const line = await firstLineAfter(chain, middle, high)
    const reading = line === null || line.text === null ? null : readEntry(line.text, sha256)
    if (line === null || reading?.ok !== true) break
    if (reading.entry.seq < before) low = middle
    else {
      high = middle
      end = line.end
    }
  }
  return end
}

async function firstLineAfter(chain: FileHandle, from: number, to: number): Promise<ChainLine | null> {
  let isPart = true
  for await (const line of linesOf(chain, from, to)) {
    if (!isPart) return line
    isPart = false
  }
  return null
}

function holds({ action, subject, actor, reason, facts }: AuditEntry, find: string): boolean {
  const texts = [action, subject, actor, reason ?? '', ...facts.flatMap(({ name, value }) => [name, value])]
  return texts.some((text) => text.toLowerCase().includes(find))
}

function isAbout({ subject, facts }: AuditEntry, name: string): boolean {
  return subject === name || facts.some(({ value }) => value === name)
}

const pieceLength = 64 * 1024

/**
 * As it is kept, whole lines only, in pieces. Bytes that are no text become U+FFFD: a checker finds the entry broken, as
 * it is.
 */
export async function* exportLines(
  file: string,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const chain = await openChain(file)
  if (chain === null) return
  try {
    const { size } = await chain.stat()
    let piece = ''
    for await (const { text } of linesOf(chain, 0, size)) {
      throwIfCancelled(signal)
      piece += `${text ?? '\ufffd'}\n`
      if (piece.length < pieceLength) continue
      yield piece
      piece = ''
    }
    if (piece !== '') yield piece
  } finally {
    await chain.close()
  }
}
