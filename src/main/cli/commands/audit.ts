import { HoldfastError } from '../../../shared/domain/error.ts'
import type { ChainCheck, CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { table } from '../words.ts'

/** Walks the chain of this installation, or an export by itself. */
export async function verifyAudit(file: string | null, context: CommandContext): Promise<ExitStatus> {
  const { ports, output, signal } = context
  const name = file ?? `the chain in ${ports.stateFolder}`
  const { last, broken } =
    file === null ? await verifyOwn(context) : await ports.checkAuditExport(file, signal)
  output.document({
    chain: file ?? ports.stateFolder,
    whole: broken === null,
    entries: last.seq,
    head: last.seq === 0 ? null : last.hash,
    broken,
  })
  if (broken !== null) {
    output.line(`${output.style('red', '✘ broken')}  ${name}, at entry ${broken.seq}: ${broken.reason}`)
    return exitStatus.findings
  }
  output.line(`${output.style('green', '✔ whole')}  ${name}: ${entriesInWords(last.seq)}`)
  if (last.seq > 0) output.line(`  head ${last.hash}`)
  if (file !== null) {
    output.line('  Whether it was cut off at its end is seen by comparing the head with one kept elsewhere.')
  }
  return exitStatus.ok
}

async function verifyOwn({ ports, signal }: CommandContext): Promise<ChainCheck> {
  const audit = await ports.openAudit(ports.stateFolder)
  const { entries, head, broken } = await audit.verify(signal)
  return { last: { seq: entries, hash: head ?? '' }, broken }
}

/** Writes the chain as it is kept into a new file. */
export async function exportAudit(
  to: string,
  { ports, output, signal }: CommandContext,
): Promise<ExitStatus> {
  const audit = await ports.openAudit(ports.stateFolder)
  const { entries, head, broken } = await audit.verify(signal)
  try {
    await ports.writeNewFile(to, audit.export(signal))
  } catch (error) {
    if (error instanceof HoldfastError) throw error
    throw new HoldfastError(
      'usage',
      {
        what: `${to} cannot be made.`,
        why: 'There is such a file already, or its folder cannot be written.',
        unchanged: 'Nothing that was there was changed.',
        next: 'Name a new file.',
      },
      { cause: error },
    )
  }
  output.document({ to, entries, head, broken, checker: ports.auditChecker })
  output.line(`Wrote ${entriesInWords(entries)} to ${to}`)
  if (head !== null) output.line(`  head ${head} (write it down: it shows later that nothing was cut off)`)
  output.line(`  check it anywhere: python3 ${ports.auditChecker} ${to}`)
  if (broken === null) return exitStatus.ok
  output.line(`${output.style('red', '✘ broken')} at entry ${broken.seq}: ${broken.reason}`)
  return exitStatus.findings
}

export async function listAudit(limit: string, { ports, output }: CommandContext): Promise<ExitStatus> {
  if (!/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > 500) {
    throw new HoldfastError('usage', {
      what: 'The limit is no number of entries.',
      next: 'Write a whole number from 1 to 500.',
    })
  }
  const audit = await ports.openAudit(ports.stateFolder)
  const { entries, more } = await audit.list({ limit: Number(limit) })
  output.document({ entries, more })
  const rows = entries.map(({ seq, at, actor, action, subject, facts, reason }) => [
    String(seq),
    at,
    action,
    subject,
    [...facts, ...(reason === null ? [] : [{ name: 'reason', value: reason }])]
      .map(({ name, value }) => `${name}=${value}`)
      .join(' '),
    actor,
  ])
  for (const line of table(rows.map((row) => row.map(onOneLine)))) output.line(line.trimEnd())
  if (entries.length === 0) output.line('Nothing was done here yet.')
  if (more) output.line('There are older ones.')
  return exitStatus.ok
}

function entriesInWords(number: number): string {
  return number === 1 ? '1 entry' : `${number} entries`
}

/** A fact cannot pose as a line of the list. */
function onOneLine(cell: string): string {
  return cell.replaceAll('\n', '\\n').replaceAll('\t', '\\t')
}
