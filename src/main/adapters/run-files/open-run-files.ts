import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { inTurn } from '../../../shared/domain/in-turn.ts'
import type { JournalledRun, RunJournal } from '../../ports/run-journal.ts'
import { appendLines, makePrivateFolder, readPrivateFile, replaceFile } from '../files/private-files.ts'
import { formatEntry, formatHead, parseRunLines } from './run-lines.ts'

/**
 * The journal as one file a run, `<id>.jsonl`, in a folder of its own. Whoever holds the saved state writes here:
 * `readOnlyBecause` is what the saved state says of itself.
 */
export async function openRunFiles(
  folder: string,
  { readOnlyBecause }: { readonly readOnlyBecause: string | null },
): Promise<RunJournal> {
  const problems: HoldfastError[] = []
  if (readOnlyBecause === null) await makePrivateFolder(folder)
  const found = await readAll(folder, problems)
  const cut = new Set(found.filter(({ isCut }) => isCut).map(({ run }) => run.head.id))
  const turn = inTurn()
  const fileOf = (runId: string): string => join(folder, `${runId}.jsonl`)
  const entriesOf = new Map(found.map(({ run }) => [run.head.id, run]))

  function changing(change: () => Promise<void>): Promise<void> {
    return turn(async () => {
      if (readOnlyBecause !== null) throw readOnly(folder, readOnlyBecause)
      await change()
    })
  }

  return {
    readOnlyBecause,
    problems,
    load: async () => found.map(({ run }) => run),
    begin: (head) => changing(() => replaceFile(fileOf(head.id), `${formatHead(head)}\n`)),
    append: (runId, entry) =>
      changing(async () => {
        const run = entriesOf.get(runId)
        if (cut.delete(runId) && run !== undefined) {
          // A line that was cut short must not stand in the middle.
          const lines = [formatHead(run.head), ...run.entries.map(formatEntry), '']
          await replaceFile(fileOf(runId), lines.join('\n'))
        }
        await appendLines(fileOf(runId), [formatEntry(entry)], { durable: entry.event.type !== 'line' })
      }),
  }
}

interface Found {
  readonly run: JournalledRun
  readonly isCut: boolean
}

async function readAll(folder: string, problems: HoldfastError[]): Promise<readonly Found[]> {
  const runs: Found[] = []
  for (const name of await readdir(folder).catch(() => [])) {
    const file = join(folder, name)
    if (!name.endsWith('.jsonl') || name.startsWith('.')) continue
    const text = await readPrivateFile(file).then(
      (bytes) => new TextDecoder().decode(bytes ?? new Uint8Array()),
      () => null,
    )
    const reading =
      text === null
        ? ({ ok: false, fault: 'broken', reason: 'It cannot be read.' } as const)
        : parseRunLines(text)
    if (reading.ok && reading.run.head.id === basename(name, '.jsonl')) {
      const lines = (text ?? '').split('\n').filter((line) => line !== '').length
      runs.push({
        run: reading.run,
        isCut: lines !== reading.run.entries.length + 1 || !text?.endsWith('\n'),
      })
    } else if (reading.ok) problems.push(broken(file, 'It says that it is another run.'))
    else if (reading.fault === 'broken') problems.push(broken(file, reading.reason))
  }
  return runs.sort((a, b) => Date.parse(a.run.head.startedAt) - Date.parse(b.run.head.startedAt))
}

function broken(file: string, why: string): HoldfastError {
  return new HoldfastError('state.broken', {
    what: `The run of a runbook in ${file} cannot be understood.`,
    why,
    unchanged: 'The file was left as it is, and the run is not listed.',
    next: 'Look what was done to the cluster before anything else is, then move the file away.',
  })
}

function readOnly(folder: string, why: string): HoldfastError {
  return new HoldfastError('state.readOnly', {
    what: `The runs in ${folder} cannot be gone on with here.`,
    why,
    unchanged: 'Nothing was changed.',
    next: 'Use the instance that holds it.',
  })
}
