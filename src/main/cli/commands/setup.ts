import { largestSetupBytes, type SetupPlan, type SetupRow } from '../../../shared/contract/setup.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { importCommand } from '../../../shared/domain/setup-command.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { writeNamedFile } from '../new-file.ts'
import { withDesk } from '../with-desk.ts'

export interface ImportFlags {
  readonly apply?: boolean
  readonly plan?: string
  readonly reason?: string
}

/** The setup as a document: into a new file, or printed. */
export async function exportSetup(to: string | null, context: CommandContext): Promise<ExitStatus> {
  const { output } = context
  return withDesk(context, async (client) => {
    const { text, leftOut } = await client.setup.export()
    for (const one of leftOut) output.note(`Note: not taken along: ${one}`)
    if (to === null) {
      output.document(JSON.parse(text))
      output.text(text.trimEnd())
      return exitStatus.ok
    }
    await writeNamedFile(to, pieces(text), context)
    output.document({ to, leftOut })
    output.line(`Wrote the setup to ${to}. It holds no secret.`)
    return exitStatus.ok
  })
}

async function* pieces(text: string): AsyncGenerator<string> {
  yield text
}

/** Shows what an import would do; does it where exactly that plan is named. */
export async function importSetup(
  file: string,
  { apply = false, plan: hash, reason }: ImportFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  if (apply !== (hash !== undefined)) {
    throw new HoldfastError('usage', {
      what: '--apply and --plan belong together.',
      why: 'What is done is the plan that was looked at, and no other one.',
      unchanged: 'Nothing was changed.',
      next: 'Run it without both first: it shows the plan and its hash.',
    })
  }
  const { output, ports } = context
  const text = await ports.readTextFile(file, largestSetupBytes)
  return withDesk(context, async (client) => {
    const isDone = hash !== undefined
    const plan = isDone
      ? await client.setup.importApply({ text, hash, ...(reason !== undefined && { reason }) })
      : await client.setup.importPlan({ text })
    output.document({ plan, applied: isDone })
    for (const row of plan.rows) tellRow(row, context)
    output.line(sumOf(plan, isDone))
    for (const { kind, label, wantedBy, there } of plan.missing) {
      const why = there === 0 ? 'none here has this name' : `${there} here have this name`
      output.line(`To be given: the ${kind} “${label}” of ${wantedBy} (${why})`)
    }
    if (plan.refuses > 0) return exitStatus.findings
    if (!isDone && plan.adds + plan.changes > 0) output.line(`Do it: ${importCommand(file, plan)}`)
    return exitStatus.ok
  })
}

function tellRow({ of, name, fate, because, fields }: SetupRow, { output }: CommandContext): void {
  if (fate === 'same') return
  output.line(`${marks[fate]} ${fate}  ${of} ${name}${because === null ? '' : `: ${because}`}`)
  for (const { field, before, after, weakens } of fields) {
    if (fate === 'add' && weakens === null) continue
    output.line(`    ${field}: ${before ?? 'none'} → ${after ?? 'none'}`)
    if (weakens !== null) output.line(`    ${output.style('yellow', '! weaker')}  ${weakens}`)
  }
}

const marks = { add: '+', change: '~', same: '=', refuse: '✘' } as const

function sumOf({ adds, changes, same, refuses, weakenings }: SetupPlan, isDone: boolean): string {
  const weaker = weakenings === 0 ? 'nothing gets weaker' : `${countOf(weakenings, 'thing')} weaker`
  if (isDone) return `Imported: ${adds} added, ${changes} changed, ${same} as before; ${weaker}.`
  const refused = refuses === 0 ? '' : ` ${refuses} refused, so none of it can be done.`
  return `Would add ${adds} and change ${changes}; ${same} as now; ${weaker}.${refused} Nothing was changed.`
}
