import { nameGap, routeGap } from '../../../engine/live/first-offered.ts'
import type { GapTable } from '../../../ports/gaps.ts'

/**
 * What kiok's documents leave open and this console meets, with what is tried, in order. Routes are tried with GET alone
 * (`firstOffered`). The sibling products of the same vendor have near-identical pages; they are evidence for a guess, never proof.
 */
export const gaps = {
  list: routeGap('The page shows a list of all backups, newest first; its route is not published.', [
    { path: '/api/v1/admin/backup', because: 'the route that triggers a backup is a POST of it' },
    { path: '/api/v1/admin/backup/list', because: 'the sibling products have it' },
    { path: '/api/v1/admin/backup/history', because: 'the sibling products have it, for the last 100 runs' },
  ]),
  config: routeGap('The page has an enabled flag and a target; no route is published.', [
    { path: '/api/v1/admin/backup/config', because: 'the sibling products have it' },
  ]),
  listFields: nameGap('Where the list stands in its reply.', [
    'backups',
    'items',
    'content',
    'list',
    'history',
  ]),
  idFields: nameGap('The id of a backup in that list.', ['backupId', 'id']),
  runFields: nameGap('How a run in a history ended.', ['status', 'state', 'result', 'outcome']),
  enabledFields: nameGap('The enabled flag.', ['enabled', 'backupEnabled']),
  targetFields: nameGap('The target: the bucket of the job logs, or a stored connection by its id.', [
    'target',
    'targetConnectionId',
    'connectionId',
    'targetId',
  ]),
  cronFields: nameGap('Fields of the reply to GET …/backup/cron: "current cron and next-fire timestamp".', [
    'cron',
    'cronExpression',
    'expression',
    'schedule',
  ]),
  nextFireFields: nameGap('The second of these.', [
    'cronNextFireMillis',
    'nextFireMillis',
    'nextFireTime',
    'nextFire',
    'next',
  ]),
  backupIdFields: nameGap('Fields of the reply to POST …/admin/backup.', ['backupId', 'id']),
  passwordChangeFields: nameGap(
    'What says that a password has to be changed first; the sibling answers 403 to everything else.',
    ['requirePasswordChange', 'passwordChangeRequired'],
  ),
} as const satisfies GapTable
