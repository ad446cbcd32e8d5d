import type { Answer, Run } from '../../../shared/contract/runbooks.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { CommandContext } from '../context.ts'
import type { ExitStatus } from '../exit-status.ts'
import { openVault, withDesk, type Client } from '../with-desk.ts'
import { followRun } from './runbook-run.ts'
import { findRun, told } from './runbooks.ts'

export interface ContinueFlags {
  readonly step?: string
  readonly choose?: string
  readonly confirm?: string
  readonly did?: string
  readonly skip?: string
  readonly takeBack?: boolean
  readonly hostKey?: string
  readonly reason?: string
  readonly passphraseFile?: string
}

/** Does the step at hand of a run, or answers it, and says what comes next. */
export async function continueRun(
  id: string,
  flags: ContinueFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const answer = answerOf(flags)
  return withDesk(context, async (client) => {
    const found = await findRun(id, client)
    await openVault(client, flags.passphraseFile ?? null, context)
    const run = await client.runbooks.get({ id: found.id })
    const step = flags.step ?? run.current
    if (step === null) return told(run, client, context)
    if (flags.hostKey !== undefined) await trustShown(run, step, flags, client)
    // What only asks is shown where it is not answered.
    const asks = run.list.find((each) => each.id === step)?.kind
    if (answer.kind === 'go' && (asks === 'choice' || asks === 'confirm' || asks === 'manual')) {
      return told(run, client, context)
    }
    await client.runbooks.proceed({ id: run.id, step, answer })
    return told(await followRun(run.id, client, context, run.lastEvent), client, context)
  })
}

/** Trusts the key that was compared, where it is the one that the host of this step has shown. */
async function trustShown(
  { clusterId, list }: Run,
  stepId: string,
  { hostKey, reason }: ContinueFlags,
  client: Client,
): Promise<void> {
  const shown = list.find(({ id }) => id === stepId)?.unknownHost ?? null
  if (shown === null || shown.fingerprint !== hostKey) {
    throw new HoldfastError(shown === null ? 'usage' : 'host.unknownKey', {
      what:
        shown === null
          ? 'This step asks about no host key.'
          : `The host ${shown.address} has shown the key ${shown.fingerprint}, not ${hostKey}.`,
      unchanged: 'Nothing was trusted, and nothing was done.',
      next: 'See "holdfast runbook show" for what it asks.',
    })
  }
  await client.clusters.trustHost({ id: clusterId, ...shown, ...(reason !== undefined && { reason }) })
}

function answerOf({ choose, confirm, did, skip, takeBack }: ContinueFlags): Answer {
  const answers: Answer[] = [
    ...(choose === undefined ? [] : [{ kind: 'choose' as const, option: choose }]),
    ...(confirm === undefined ? [] : [{ kind: 'confirm' as const, typed: confirm }]),
    ...(did === undefined ? [] : [{ kind: 'did' as const, note: did }]),
    ...(skip === undefined ? [] : [{ kind: 'skip' as const, reason: skip }]),
    ...(takeBack === true ? [{ kind: 'takeBack' as const }] : []),
  ]
  const [answer = { kind: 'go' }, ...others] = answers
  if (others.length === 0) return answer
  throw new HoldfastError('usage', {
    what: 'A step takes one answer.',
    unchanged: 'Nothing was done.',
    next: 'Give one of --choose, --confirm, --did, --skip and --take-back.',
  })
}
