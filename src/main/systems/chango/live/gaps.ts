import type { Alternative } from '../../../engine/live/first-offered.ts'

/**
 * What chango's documents leave open, with what is tried, in order. Routes are tried with GET alone (`firstOffered`); a sibling product of the
 * same vendor has the same routes under the same prefix, which is evidence for a guess, never proof.
 */
export const gaps = {
  /** Documented for the newer dialect; for the older one only `PUT` is. */
  config: [{ path: '/admin/api/backup/config', because: 'the page writes it there' }],
  /** Whoever may not change anything sees the history of backups; its route is not published. */
  list: [{ path: '/admin/api/backup/list', because: 'a sibling product has it under this very prefix' }],
  /** The pages disagree between `status` and `state`, and between lists and objects that hold one. */
  nodeLists: ['nodes', 'masters', 'nodeManagers', 'items'],
  nodeNames: ['nodeId', 'host', 'id'],
  /** The older dialect's reply to `run`: "S3 key and SHA-256", without names. */
  objectKeyFields: ['objectKey', 'key', 's3Key'],
  sha256Fields: ['sha256', 'checksum', 'hash'],
  /** The older dialect's cron key is not shown; it is stored as `backup.cron`. */
  cronFields: ['backup.cron', 'cron'],
} as const satisfies Record<string, readonly Alternative[] | readonly string[]>
