import { HoldfastError } from '../../../../shared/domain/error.ts'
import type { JsonObject } from '../../../../shared/domain/strict-json.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { demandDone, firstText } from '../../../engine/live/http-replies.ts'
import type { Fact, Session, SettingsChange } from '../../../ports/cluster-driver.ts'
import { usualDeadlineMs, type ChangoApi } from './api.ts'
import type { ChangoConnection } from './connection.ts'
import { gaps } from './gaps.ts'

/** Documented (features/backup): the older dialect takes them all at once, beside the two keys. */
const place = ['endpoint', 'region', 'bucket', 'prefix'] as const

/** What a GET of the settings tells. */
interface Told {
  readonly values: JsonObject
}

type Place = Readonly<Record<(typeof place)[number], string>>

/** Null where one of them is not told: it would be blanked. */
export function placeIn({ values }: Told): Place | null {
  const { endpoint, region, bucket, prefix } = values
  return typeof endpoint === 'string' &&
    typeof region === 'string' &&
    typeof bucket === 'string' &&
    typeof prefix === 'string'
    ? { endpoint, region, bucket, prefix }
    : null
}

/**
 * Changes the schedule of the older dialect: everything that is told is written back as it was told, with the keys that the vault has for
 * the cluster. Nothing is left out, as what is left out is blanked; nothing of a key is shown, whatever is answered. `read`: asks again.
 */
export async function writeWhole(
  config: Told,
  { 'backup.cron': cron, ...others }: SettingsChange,
  {
    api,
    session,
    connection,
  }: { readonly api: ChangoApi; readonly session: Session; readonly connection: ChangoConnection },
  read: () => Promise<Told | null>,
): Promise<{ readonly facts: readonly Fact[] }> {
  const [other] = Object.keys(others)
  if (other !== undefined || cron === undefined) {
    throw refused(
      `${JSON.stringify(other ?? '')} is no setting that is changed from here.`,
      'Of this dialect only the schedule is written.',
      'Change it in the cluster’s own pages.',
    )
  }
  const what = 'The schedule of this chango cannot be changed from here.'
  const before = placeIn(config)
  if (before === null) {
    throw refused(
      what,
      'Its dialect takes its settings only all at once, and does not tell all of them: the others would be blanked.',
      'Change it in the cluster’s own pages.',
    )
  }
  if (connection.clusterKeys === null) {
    throw refused(
      what,
      'Its dialect takes its settings only all at once, with the S3 secret key, which it tells nobody.',
      'Give the connection the S3 keys that the cluster uses, or change it in the cluster’s own pages.',
    )
  }
  const { accessKeyId, secretAccessKey } = await session.s3(connection.clusterKeys)
  const told = firstText(config.values, ['accessKey'])
  if (told !== null && told !== accessKeyId) {
    throw refused(
      what,
      'The cluster uses another access key than the one that the connection names: it would be replaced.',
      'Put the keys that the cluster uses into the vault.',
    )
  }
  const name = gaps.cronFields.names.find((each) => each in config.values) ?? 'cron'
  const reply = await api.send({
    method: 'PUT',
    path: '/admin/api/backup/config',
    body: { ...before, accessKey: accessKeyId, secretKey: secretAccessKey, [name]: cron ?? '' },
    isSecret: true,
    deadlineMs: usualDeadlineMs,
  })
  demandDone(reply, {
    refused: 'The settings were not changed.',
    unknown: 'Whether the settings were changed is not known',
  })
  const after = await read()
  const now = after === null ? null : placeIn(after)
  const moved = place.filter((each) => now?.[each] !== before[each])
  const cronNow = after === null ? null : firstText(after.values, gaps.cronFields.names)
  if (moved.length > 0 || cronNow !== cron) {
    const odd = [...moved, ...(cronNow === cron ? [] : ['the schedule'])]
    throw new HoldfastError('master.outcomeUnknown', {
      what: `The settings were sent, and the cluster now tells otherwise: ${odd.join(', ')}.`,
      unchanged: 'They were sent once, and are not sent again.',
      next: 'Look at the settings of its backups in the cluster’s own pages now: the next backup goes where they say.',
    })
  }
  return {
    facts: [
      {
        name: 'written as it was',
        value: place.map((each) => `${each} ${printable(before[each])}`).join(', '),
      },
      { name: 'keys', value: `access key ${printable(accessKeyId)}, from the vault` },
    ],
  }
}

function refused(what: string, why: string, next: string): HoldfastError {
  return new HoldfastError('usage', { what, why, unchanged: 'Nothing was changed.', next })
}
