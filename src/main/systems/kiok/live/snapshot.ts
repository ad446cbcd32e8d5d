import type { SnapshotWay } from '../../../../shared/contract/masters.ts'
import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { evidenceOf, excerptOf, firstText, objectOf, refusal } from '../../../engine/live/http-replies.ts'
import type { SnapshotOutcome } from '../../../ports/cluster-driver.ts'
import { passwordChange, type KiokApi } from './api.ts'
import { gaps } from './gaps.ts'

export const snapshotWays: readonly SnapshotWay[] = [
  {
    id: 'asked',
    label: 'Ask the masters',
    does: 'Asks the cluster to take a backup into the place that its own settings name.',
    consequences: [
      'Stores that have not changed are not uploaded again: the new manifest points to the older objects.',
      'If its settings name another place than the repository that is saved here, nothing will be found here.',
    ],
    stops: false,
    makesNothing: false,
  },
]

/** A follower hands it to the leader and gives up after 30 s (kiok.admin.forward.timeout.ms) while the leader goes on. */
const backupDeadlineMs = 15 * 60_000

const path = '/api/v1/admin/backup'

/** One POST, never repeated: what is not known afterwards the repository has to tell. */
export async function askForBackup(api: KiokApi): Promise<SnapshotOutcome> {
  try {
    const reply = await api.send({ method: 'POST', path, deadlineMs: backupDeadlineMs })
    const evidence = { name: 'reply', value: evidenceOf('POST', path, reply) }
    if (reply.status === 502 || reply.status === 504) {
      return {
        kind: 'unknown',
        sentence: `${reply.origin} handed the request on and did not hear the end of it (${reply.status}).`,
        facts: [evidence],
      }
    }
    const what = 'No backup was begun.'
    if (reply.status === 403 && gaps.passwordChangeFields.some((name) => reply.text.includes(name))) {
      throw passwordChange('this user')
    }
    if (reply.status < 200 || reply.status > 299) throw refusal(reply, what)
    return {
      kind: 'made',
      backupId: reply.text.trim() === '' ? null : idIn(reply),
      hash: null,
      facts: [evidence, ...(reply.text.trim() === '' ? [] : [{ name: 'it says', value: excerptOf(reply) }])],
    }
  } catch (error) {
    if (!isHoldfastError(error, 'master.outcomeUnknown')) throw error
    return { kind: 'unknown', sentence: error.message, facts: [] }
  }
}

/** The form of the reply is not documented: an id in it is taken, anything else is no fault. */
function idIn(reply: Parameters<typeof objectOf>[0]): string | null {
  try {
    return firstText(objectOf(reply, ''), gaps.backupIdFields)
  } catch (error) {
    if (isHoldfastError(error, 'master.badAnswer')) return null
    throw error
  }
}
