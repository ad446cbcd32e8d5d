import type { AuditStatus } from '../../../shared/contract/audit.ts'
import { commandLine } from '../../../shared/domain/command-line.ts'
import { HoldfastError, isHoldfastError } from '../../../shared/domain/error.ts'
import type { ChainCheck, CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { writeNamedFile } from '../new-file.ts'
import { toldFailure } from '../told-failure.ts'
import { openVault, withDesk } from '../with-desk.ts'
import { table } from '../words.ts'

type Anchor = AuditStatus['anchor']

/** Walks the chain of this installation, with its anchors where it has some, or an export by itself. */
export async function verifyAudit(
  { file, passphraseFile }: { readonly file: string | null; readonly passphraseFile: string | null },
  context: CommandContext,
): Promise<ExitStatus> {
  const { ports, output, signal } = context
  const name = file ?? `the chain in ${ports.stateFolder}`
  const { last, broken, anchor } =
    file === null
      ? await verifyOwn(passphraseFile, context)
      : { ...(await ports.checkAuditExport(file, signal)), anchor: null }
  output.document({
    chain: file ?? ports.stateFolder,
    whole: broken === null,
    entries: last.seq,
    head: last.seq === 0 ? null : last.hash,
    broken,
    anchor,
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
  return anchor === null ? exitStatus.ok : tellAnchor(anchor, output)
}

/** Whole here is not enough where the chain is anchored and the anchors could not be read. */
function tellAnchor(anchor: NonNullable<Anchor>, output: CommandContext['output']): ExitStatus {
  const { place, seq, at, since, covered, failure } = anchor
  if (failure !== null) {
    output.line(`${output.style('yellow', '? not compared')}  with the anchors in ${place}: ${failure.what}`)
    for (const part of [failure.why, failure.next]) if (part !== undefined) output.line(`  ${part}`)
    return exitStatus.unreachable
  }
  output.line(
    seq === null
      ? `  no anchor in ${place} yet; ${entriesInWords(since)} since the beginning`
      : `  fits its anchors in ${place} up to entry ${seq} (${at}); ${entriesInWords(since)} since then`,
  )
  if (covered > 0) {
    output.line(
      `${output.style('yellow', '! tried')}  ${covered} anchors were written or deleted over; they stand.`,
    )
  }
  return exitStatus.ok
}

async function verifyOwn(
  passphraseFile: string | null,
  context: CommandContext,
): Promise<ChainCheck & { readonly anchor: Anchor }> {
  const { ports, signal } = context
  const verified = (await ports.isAnchored(ports.stateFolder))
    ? await withDesk(context, async (client) => {
        try {
          const { auditAnchor } = await client.settings.get()
          if (auditAnchor?.access.credential.source === 'vault') {
            await openVault(client, passphraseFile, context)
          }
        } catch (error) {
          // The chain by itself is walked all the same, and the anchors say that they could not be read.
          const told = await toldFailure(error)
          if (!isHoldfastError(told)) throw error
          context.output.note(`Note: ${told.text.what} ${told.text.next ?? ''}`.trimEnd())
        }
        return client.audit.verify(undefined, { signal })
      })
    : await (await ports.openAudit(ports.stateFolder)).verify(signal)
  const { entries, head, broken, anchor } = verified
  return { last: { seq: entries, hash: head ?? '' }, broken, anchor }
}

/** Writes the chain as it is kept into a new file. */
export async function exportAudit(
  to: string,
  { ports, output, signal }: CommandContext,
): Promise<ExitStatus> {
  const audit = await ports.openAudit(ports.stateFolder)
  const { entries, head, broken } = await audit.verify(signal)
  await writeNamedFile(to, audit.export(signal), { ports })
  output.document({ to, entries, head, broken, checker: ports.auditChecker })
  output.line(`Wrote ${entriesInWords(entries)} to ${to}`)
  if (head !== null) output.line(`  head ${head} (write it down: it shows later that nothing was cut off)`)
  output.line(`  check it anywhere: ${commandLine(['python3', ports.auditChecker, to])}`)
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
  for (const line of table(rows)) output.line(line.trimEnd())
  if (entries.length === 0) output.line('Nothing was done here yet.')
  if (more) output.line('There are older ones.')
  return exitStatus.ok
}

function entriesInWords(number: number): string {
  return number === 1 ? '1 entry' : `${number} entries`
}
