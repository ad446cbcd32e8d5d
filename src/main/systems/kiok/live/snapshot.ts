import type { SnapshotWay } from '../../../../shared/contract/masters.ts'
import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { askForBackup as askOnce } from '../../../engine/live/ask-for-backup.ts'
import { excerptOf, firstText, objectOf } from '../../../engine/live/http-replies.ts'
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
export async function askForBackup(api: KiokApi): Promise<SnapshotOutcome> {
  return askOnce(api, '/api/v1/admin/backup', {
    made: (reply) =>
      reply.text.trim() === ''
        ? { backupId: null, hash: null, facts: [] }
        : { backupId: idIn(reply), hash: null, facts: [{ name: 'it says', value: excerptOf(reply) }] },
    explained: (reply) =>
      reply.status === 403 && gaps.passwordChangeFields.names.some((name) => reply.text.includes(name))
        ? passwordChange('this user')
        : null,
  })
}

/** The form of the reply is not documented: an id in it is taken, anything else is no fault. */
function idIn(reply: Parameters<typeof objectOf>[0]): string | null {
  try {
    return firstText(objectOf(reply, ''), gaps.backupIdFields.names)
  } catch (error) {
    if (isHoldfastError(error, 'master.badAnswer')) return null
    throw error
  }
}
