import type { Alternative } from '../../../engine/live/first-offered.ts'

/**
 * What kiok's documents leave open, with what is tried, in order. Routes are tried with GET alone (`firstOffered`). The sibling
 * products of the same vendor have near-identical pages; they are evidence for a guess, never proof.
 */
export const gaps = {
  /** The page shows a list of all backups, newest first; its route is not published. */
  list: [
    { path: '/api/v1/admin/backup', because: 'the route that triggers a backup is a POST of it' },
    { path: '/api/v1/admin/backup/list', because: 'the sibling products have it' },
  ],
  /** The page has an enabled flag and a target; no route is published. */
  config: [{ path: '/api/v1/admin/backup/config', because: 'the sibling products have it' }],
  /** Field names of `GET /api/v1/admin/backup/cron`: "current cron and next-fire timestamp". */
  cronFields: ['cron', 'cronExpression', 'expression', 'schedule'],
  nextFireFields: ['cronNextFireMillis', 'nextFireMillis', 'nextFireTime', 'nextFire', 'next'],
  /** Fields of the reply to `POST /api/v1/admin/backup`. */
  backupIdFields: ['backupId', 'id'],
  /** A token whose password has to be changed first; the sibling answers 403 to everything else. */
  passwordChangeFields: ['requirePasswordChange', 'passwordChangeRequired'],
} as const satisfies Record<string, readonly Alternative[] | readonly string[]>
