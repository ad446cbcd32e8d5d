import type { RepositoryPosture } from '../../../shared/contract/repositories.ts'
import { formatAddress, parseAddress } from '../../../shared/domain/address.ts'
import { postureCounts, postureStateWords, type PostureState } from '../../../shared/domain/posture-check.ts'
import type { Posture } from '../../../shared/domain/posture.ts'
import { readPosture } from '../../operations/posture.ts'
import { accessOf } from '../access-of.ts'
import { noteSecrets } from '../note-secrets.ts'
import { secretsElsewhere } from '../../operations/secrets-elsewhere.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import type { PlaceOptions } from '../options.ts'
import type { Output } from '../output.ts'
import { findCluster, openVault, withDesk } from '../with-desk.ts'
import { withSession } from '../session.ts'
import { count } from '../words.ts'

export type PostureFlags = Omit<PlaceOptions, 'masterKeyFile'>

/** How well a repository is protected against losing or leaking its backups; reads only. */
export async function posture(flags: PostureFlags, context: CommandContext): Promise<ExitStatus> {
  const { output } = context
  const options = { ...flags, masterKeyFile: [] }
  const { repository: address, system, cluster } = flags
  const isUnknown = address !== undefined && system === undefined && cluster === undefined
  const isSaved = cluster !== undefined && address === undefined && system === undefined
  const { repository, judged } = isUnknown
    ? await ofUnknown(address, options, context)
    : isSaved
      ? await ofSaved(cluster, options, context)
      : await ofSystem(options, context)
  const { verdict, checks } = judged
  output.document({ repository, verdict, checks })
  for (const { id, state, sentence, evidence, next } of checks) {
    output.line(`${stateInWords(state, output)}  ${id.padEnd(12)}  ${sentence}`)
    if (state !== 'bad') continue
    for (const line of [...evidence, ...(next === undefined ? [] : [next])])
      output.line(`${' '.repeat(32)}${line}`)
  }
  output.line()
  output.line(`${count(checks.length, 'check')} of ${repository}: ${postureCounts(checks)}.`)
  if (isUnknown) output.line('With --system, what the backups need is told from what lies beside them.')
  return verdict === 'bad' ? exitStatus.findings : exitStatus.ok
}

interface Judged {
  readonly repository: string
  readonly judged: RepositoryPosture | Posture
}

/** As the window judges it, with what lies in the other repositories that are saved; the fleet shows it from then on. */
async function ofSaved(
  name: string,
  { passphraseFile }: PlaceOptions,
  context: CommandContext,
): Promise<Judged> {
  return withDesk(context, async (client) => {
    const { repositoryId, address } = await findCluster(name, client)
    await openVault(client, passphraseFile ?? null, context)
    return { repository: address, judged: await client.repositories.posture({ id: repositoryId }) }
  })
}

async function ofSystem(options: PlaceOptions, context: CommandContext): Promise<Judged> {
  const { ports, signal } = context
  return withSession('posture', options, context, async ({ store, system, inventory, repository }) => {
    const known = { system, backups: inventory.backups }
    return { repository, judged: await readPosture(store, known, { nowMs: ports.clock.now(), signal }) }
  })
}

async function ofUnknown(given: string, options: PlaceOptions, context: CommandContext): Promise<Judged> {
  const { ports, signal } = context
  const address = parseAddress(given)
  const access = accessOf(options)
  const use = { subject: formatAddress(address), purpose: 'posture' }
  await noteSecrets(secretsElsewhere(address, access), use, context)
  const store = await ports.openStore(address, access, 'read')
  try {
    const judged = await readPosture(store, null, { nowMs: ports.clock.now(), signal })
    return { repository: formatAddress(address), judged }
  } finally {
    await store.close()
  }
}

const marks = { good: '✔', warning: '!', bad: '✘', unknown: '?', notApplicable: '-' } as const
const styles = {
  good: 'green',
  warning: 'yellow',
  bad: 'red',
  unknown: 'yellow',
  notApplicable: 'dim',
} as const

function stateInWords(state: PostureState, output: Output): string {
  const width = Math.max(...Object.values(postureStateWords).map(({ length }) => length))
  return output.style(styles[state], `${marks[state]} ${postureStateWords[state].padEnd(width)}`)
}
