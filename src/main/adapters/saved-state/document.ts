import { join } from 'node:path'
import type { HoldfastError } from '../../../shared/domain/error.ts'
import { inTurn } from '../../../shared/domain/in-turn.ts'
import { readPrivateFile, replaceFile } from '../files/private-files.ts'
import { formatDocument, parseDocument, type DocumentKind } from './document-kind.ts'
import { brokenFile, changedMeanwhile, newerFile, notWritten, unreadableFile } from './state-errors.ts'

/** One file, read once: its value is in memory, and every change of it is on the disk before it is seen. */
export interface Document<T> {
  readonly problem: HoldfastError | null
  get(): T
  /** Changes come one after the other. Throws what `mayWrite` throws, and `state.broken` where the file was not understood. */
  change(rewrite: (now: T) => T): Promise<void>
  /** Resolves once every change asked for so far has ended. */
  settled(): Promise<void>
}

export async function openDocument<T>(
  folder: string,
  kind: DocumentKind<T>,
  mayWrite: () => void,
): Promise<Document<T>> {
  const file = join(folder, kind.file)
  const first = await readFirst(file, kind)
  let { value, bytes } = first
  const turn = inTurn()

  async function changeNow(rewrite: (now: T) => T): Promise<void> {
    mayWrite()
    if (first.problem !== null) throw first.problem
    const changed = kind.body.parse(rewrite(value))
    const text = formatDocument(changed, kind)
    // Edited by hand, or by another program, since we read it: their change is not ours to undo.
    const there = await readPrivateFile(file).catch((error: unknown) => {
      throw unreadableFile(file, error)
    })
    if (there !== null && !isSame(there, bytes)) throw changedMeanwhile(file)
    await replaceFile(file, text).catch((error: unknown) => {
      throw notWritten(file, error)
    })
    value = changed
    bytes = Buffer.from(text)
  }

  return {
    problem: first.problem,
    get: () => value,
    change: (rewrite) => turn(() => changeNow(rewrite)),
    settled: () => turn(async () => undefined),
  }
}

interface FirstReading<T> {
  readonly value: T
  readonly bytes: Uint8Array | null
  readonly problem: HoldfastError | null
}

async function readFirst<T>(file: string, kind: DocumentKind<T>): Promise<FirstReading<T>> {
  let bytes: Uint8Array | null
  try {
    bytes = await readPrivateFile(file)
  } catch (error) {
    return { value: kind.empty, bytes: null, problem: unreadableFile(file, error) }
  }
  if (bytes === null) return { value: kind.empty, bytes, problem: null }
  const reading = parseDocument(bytes, kind)
  if (reading.ok) return { value: reading.value, bytes, problem: null }
  const problem = (reading.isNewer ? newerFile : brokenFile)(file, reading.reason)
  return { value: kind.empty, bytes, problem }
}

function isSame(there: Uint8Array, ours: Uint8Array | null): boolean {
  return ours !== null && Buffer.compare(there, ours) === 0
}
