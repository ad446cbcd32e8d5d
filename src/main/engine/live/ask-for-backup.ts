import { isHoldfastError, type HoldfastError } from '../../../shared/domain/error.ts'
import type { SnapshotOutcome } from '../../ports/cluster-driver.ts'
import type { HttpReply, HttpRequest } from '../../ports/http-client.ts'
import { evidenceOf, isPage, isSuccess, isTurnedDown, refusal, undecided } from './http-replies.ts'

/** Longer than a follower waits for the leader that it hands the request to. */
const deadlineMs = 15 * 60_000

type Made = Extract<SnapshotOutcome, { kind: 'made' }>

/**
 * One POST, never repeated: what is not known afterwards the repository has to tell. `made` reads an answer that is a success;
 * `explained` tells a refusal that the system's own words make clear, and null for any other one.
 */
export async function askForBackup(
  api: { send(request: Omit<HttpRequest, 'authorization'>): Promise<HttpReply> },
  path: string,
  {
    made,
    explained,
  }: {
    readonly made: (reply: HttpReply) => Omit<Made, 'kind'>
    readonly explained: (reply: HttpReply) => HoldfastError | null
  },
): Promise<SnapshotOutcome> {
  try {
    const reply = await api.send({ method: 'POST', path, deadlineMs })
    const evidence = { name: 'reply', value: evidenceOf('POST', path, reply) }
    if (isSuccess(reply) && !isPage(reply)) {
      const { backupId, hash, facts } = made(reply)
      return { kind: 'made', backupId, hash, facts: [evidence, ...facts] }
    }
    const refused = explained(reply) ?? (isTurnedDown(reply) ? refusal(reply, 'No backup was begun.') : null)
    if (refused !== null) throw refused
    // Documented (leader-forward): 502 where the leader was not reached, or did not answer in time. It goes on then.
    const { message } = undecided(reply, 'Whether a backup is made is not known')
    return { kind: 'unknown', sentence: message, facts: [evidence] }
  } catch (error) {
    if (!isHoldfastError(error, 'master.outcomeUnknown')) throw error
    return { kind: 'unknown', sentence: error.message, facts: [] }
  }
}
