import type { Probe } from '../../../shared/contract/masters.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { findCluster, openVault, withDesk } from '../with-desk.ts'

const marks = {
  ok: ['green', '✔'],
  warning: ['yellow', '!'],
  bad: ['red', '✘'],
  unknown: ['yellow', '?'],
  notAsked: ['dim', '·'],
} as const satisfies Record<Probe['state'], readonly [string, string]>

/** Asks the masters of a saved cluster everything that can be asked without changing anything. */
export async function probe(
  name: string,
  passphraseFile: string | null,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output, signal } = context
  return withDesk(context, async (client) => {
    const cluster = await findCluster(name, client)
    await openVault(client, passphraseFile, context)
    const probes: Probe[] = []
    for await (const answer of await client.masters.probe({ id: cluster.id }, { signal })) {
      probes.push(answer)
      const [colour, mark] = marks[answer.state]
      output.line(`${output.style(colour, mark)} ${answer.of}  ${answer.question}: ${answer.answer}`)
      if (answer.evidence !== null) output.line(`    ${answer.evidence}`)
      if (answer.state !== 'ok' && answer.next !== null) output.line(`    ${answer.next}`)
    }
    output.document({ cluster: cluster.name, system: cluster.system, probes })
    return probes.some(({ state }) => state === 'bad') ? exitStatus.findings : exitStatus.ok
  })
}
