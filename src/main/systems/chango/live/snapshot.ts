import type { SnapshotWay } from '../../../../shared/contract/masters.ts'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import { type JsonObject, isJsonObject, jsonOrNull } from '../../../../shared/domain/strict-json.ts'
import { askForBackup as askOnce } from '../../../engine/live/ask-for-backup.ts'
import { excerptOf, firstText, isPage } from '../../../engine/live/http-replies.ts'
import type { SnapshotOutcome } from '../../../ports/cluster-driver.ts'
import type { HttpReply } from '../../../ports/http-client.ts'
import type { ChangoApi } from './api.ts'
import { gaps } from './gaps.ts'

export const askedWay: SnapshotWay = {
  id: 'asked',
  label: 'Ask the masters',
  does: 'Asks the leader to take a backup into the bucket that its own settings name.',
  consequences: [
    'It holds the three stores and the patches; component clusters keep their data where it is.',
    'After a success the cluster deletes backups that are older than its own retention.',
  ],
  stops: false,
  makesNothing: false,
}

/** A follower hands it to the leader and waits 600 s for the reply (leader-forward). */
export async function askForBackup(api: ChangoApi): Promise<SnapshotOutcome> {
  return askOnce(api, '/admin/api/backup/run', {
    made: (reply) => ({ ...namedIn(reply), facts: factsIn(reply) }),
    explained,
  })
}

/** By the newer pages an endpoint that cannot encrypt fails the upload, and chango never tries without. */
function explained(reply: HttpReply): HoldfastError | null {
  if (isPage(reply) || !/server.?side.?encryption|\bsse\b|NotImplemented/i.test(reply.text)) return null
  return new HoldfastError('master.refused', {
    what: `No backup was made: the bucket refused the upload (${excerptOf(reply)}).`,
    why: 'The cluster asks it to encrypt at rest, and this endpoint cannot.',
    unchanged: 'Nothing was written.',
    next: 'Set “Encryption at rest” to “Do not ask” if the bucket may keep it as it is; that is your decision to record.',
  })
}

function namedIn(reply: HttpReply): Pick<Extract<SnapshotOutcome, { kind: 'made' }>, 'backupId' | 'hash'> {
  const answer = answerIn(reply)
  const object = firstText(answer, gaps.objectKeyFields.names)?.split('/').at(-1) ?? null
  const sha256 = firstText(answer, gaps.sha256Fields.names)?.toLowerCase() ?? null
  return {
    // The id in the reply of the older dialect is not the object's name; the object's name is what a repository shows.
    backupId: object?.replace(/\.tar\.gz$/, '') ?? null,
    hash: object !== null && sha256 !== null && /^[0-9a-f]{64}$/.test(sha256) ? { object, sha256 } : null,
  }
}

function factsIn(reply: HttpReply): readonly { readonly name: string; readonly value: string }[] {
  const answer = answerIn(reply)
  const { pruned, serverSideEncryption } = answer
  return [
    ...(typeof serverSideEncryption === 'string'
      ? [{ name: 'encryption at rest', value: serverSideEncryption }]
      : []),
    ...(Array.isArray(pruned) ? [{ name: 'deleted by its retention', value: String(pruned.length) }] : []),
  ]
}

function answerIn({ text }: HttpReply): JsonObject {
  const value = jsonOrNull(text)
  return isJsonObject(value) ? value : {}
}
