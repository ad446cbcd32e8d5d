import { isHoldfastError } from '../../../shared/domain/error.ts'
import type { SnapshotOutcome } from '../../ports/cluster-driver.ts'
import type { HttpReply, HttpRequest } from '../../ports/http-client.ts'
import { evidenceOf } from './http-replies.ts'

/** Longer than a follower waits for the leader that it hands the request to. */
const deadlineMs = 15 * 60_000

type Made = Extract<SnapshotOutcome, { kind: 'made' }>

/**
 * One POST, never repeated: what is not known afterwards the repository has to tell. `made` reads an answer that is a success; `refused`
 * throws for any other one.
 */
export async function askForBackup(
  api: { send(request: Omit<HttpRequest, 'authorization'>): Promise<HttpReply> },
  path: string,
  {
    made,
    refused,
  }: {
    readonly made: (reply: HttpReply) => Omit<Made, 'kind'>
    readonly refused: (reply: HttpReply) => Error
  },
): Promise<SnapshotOutcome> {
  try {
    const reply = await api.send({ method: 'POST', path, deadlineMs })
    const evidence = { name: 'reply', value: evidenceOf('POST', path, reply) }
    // Documented (leader-forward): 502 where the leader was not reached, or did not answer in time.
    if (reply.status === 502 || reply.status === 504) {
      return {
        kind: 'unknown',
        sentence: `${reply.origin} handed the request on and did not hear the end of it (${reply.status}).`,
        facts: [evidence],
      }
    }
    if (reply.status < 200 || reply.status > 299) throw refused(reply)
    const { backupId, hash, facts } = made(reply)
    return { kind: 'made', backupId, hash, facts: [evidence, ...facts] }
  } catch (error) {
    if (!isHoldfastError(error, 'master.outcomeUnknown')) throw error
    return { kind: 'unknown', sentence: error.message, facts: [] }
  }
}
