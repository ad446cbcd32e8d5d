import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { HoldfastError } from '../../../shared/domain/error.ts'
import { inTurn } from '../../../shared/domain/in-turn.ts'
import type { DeskState } from '../../ports/desk-state.ts'
import {
  appendLines,
  isDraft,
  makePrivateFolder,
  openPrivateFile,
  readPrivateFile,
  replaceFile,
} from '../files/private-files.ts'
import { brokenFile, newerFile, notWritten, unreadableFile } from './state-errors.ts'
import { headerFault, headerLine, keepNewest, parseVerdicts, verdictLine } from './verification-lines.ts'

export interface VerificationFiles {
  readonly problems: readonly HoldfastError[]
  readonly verifications: DeskState['verifications']
  settled(): Promise<void>
}

/** One file a repository, `<SHA-256 of its address>.jsonl`. Past `maxBytes` it is written anew at half of that at most. */
export async function openVerifications(
  folder: string,
  options: { readonly mayWrite: () => void; readonly holds: boolean; readonly maxBytes: number },
): Promise<VerificationFiles> {
  const { mayWrite, holds, maxBytes } = options
  if (holds) await makePrivateFolder(folder)
  const problems = await problemsIn(folder, holds)
  const turn = inTurn()

  async function appendNow(
    repository: string,
    entries: Parameters<DeskState['verifications']['append']>[1],
  ): Promise<void> {
    mayWrite()
    if (entries.length === 0) return
    const file = fileOf(folder, repository)
    const before = await readUnderstood(file, repository)
    const lines = entries.map(({ backupId, at, jobId, verdict, level, findings }) =>
      verdictLine({ backupId, at, jobId, verdict, level, findings: [...findings] }),
    )
    try {
      // Nothing but a first line that was cut short: nothing was ever promised to be in it.
      if (!before.includes('\n') && before !== '') await rm(file)
      const isNew = !before.includes('\n')
      const sizeBytes = await appendLines(file, isNew ? [headerLine(repository), ...lines] : lines, {
        durable: true,
      })
      if (sizeBytes > maxBytes) await compact(file, repository, maxBytes)
    } catch (error) {
      throw notWritten(file, error)
    }
  }

  return {
    problems,
    verifications: {
      append: (repository, entries) => turn(() => appendNow(repository, entries)),
      async list(repository, backupId) {
        const found = parseVerdicts(await turn(() => readUnderstood(fileOf(folder, repository), repository)))
        return found
          .filter((entry) => entry.backupId === backupId)
          .map(({ at, jobId, verdict, level, findings }) => ({ at, jobId, verdict, level, findings }))
          .reverse()
      },
    },
    settled: () => turn(async () => undefined),
  }
}

async function compact(file: string, repository: string, maxBytes: number): Promise<void> {
  const text = await readUnderstood(file, repository)
  const header = headerLine(repository)
  const kept = keepNewest(parseVerdicts(text), maxBytes / 2 - Buffer.byteLength(header) - 1)
  await replaceFile(file, [header, ...kept.map(verdictLine), ''].join('\n'))
}

function fileOf(folder: string, repository: string): string {
  return join(folder, `${createHash('sha256').update(repository, 'utf8').digest('hex')}.jsonl`)
}

/** The file's text, empty where there is none. Throws `state.broken` where it is not what it should be. */
async function readUnderstood(file: string, repository: string): Promise<string> {
  let bytes: Uint8Array | null
  try {
    bytes = await readPrivateFile(file)
  } catch (error) {
    throw unreadableFile(file, error)
  }
  const text = bytes === null ? '' : new TextDecoder().decode(bytes)
  const fault = headerFault(text, repository)
  if (fault !== null) throw (fault.isNewer ? newerFile : brokenFile)(file, fault.reason)
  return text
}

/** Looks at the first lines alone; removes what a killed run left half written. */
async function problemsIn(folder: string, holds: boolean): Promise<readonly HoldfastError[]> {
  const problems: HoldfastError[] = []
  for (const name of await readdir(folder).catch(() => [])) {
    const file = join(folder, name)
    if (holds && isDraft(name)) await rm(file, { force: true })
    if (!name.endsWith('.jsonl') || name.startsWith('.')) continue
    try {
      const fault = headerFault(await firstLine(file), null)
      if (fault !== null) problems.push((fault.isNewer ? newerFile : brokenFile)(file, fault.reason))
    } catch (error) {
      problems.push(unreadableFile(file, error))
    }
  }
  return problems
}

/** Addresses are at most 4096 characters: a first line that does not end within 64 KiB is none. */
async function firstLine(file: string): Promise<string> {
  const handle = await openPrivateFile(file, constants.O_RDONLY)
  try {
    const buffer = Buffer.alloc(64 * 1024)
    const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, 0)
    const text = buffer.toString('utf8', 0, bytesRead)
    return text.includes('\n') || bytesRead < buffer.byteLength ? text : `${text}\n`
  } finally {
    await handle.close()
  }
}
