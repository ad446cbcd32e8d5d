import { nameGap, routeGap } from '../../../engine/live/first-offered.ts'
import type { GapTable } from '../../../ports/gaps.ts'

/**
 * What chango's documents leave open and this console meets, with what is tried, in order. Routes are tried with GET alone
 * (`firstOffered`); a sibling product of the same vendor has the same routes under the same prefix, which is evidence for a guess, never
 * proof.
 */
export const gaps = {
  config: routeGap(
    'Its reading is documented for the newer dialect; for the older one only a PUT of it is.',
    [{ path: '/admin/api/backup/config', because: 'the page writes it there' }],
  ),
  list: routeGap('Whoever may not change anything sees the history of backups; its route is not published.', [
    { path: '/admin/api/backup/list', because: 'a sibling product has it under this very prefix' },
    { path: '/admin/api/backup/history', because: 'the same, and the page calls it so' },
  ]),
  listFields: nameGap('Where the list stands in its reply.', [
    'backups',
    'items',
    'content',
    'list',
    'history',
  ]),
  idFields: nameGap('The id, or the object, of a backup in that list.', [
    'objectKey',
    's3Key',
    'key',
    'backupId',
    'id',
  ]),
  runFields: nameGap('How a run in a history ended.', ['status', 'state', 'result', 'outcome']),
  nodeLists: nameGap('The pages disagree between lists and objects that hold one.', [
    'nodes',
    'masters',
    'nodeManagers',
    'items',
  ]),
  nodeNames: nameGap('The name of a node.', ['nodeId', 'host', 'id']),
  objectKeyFields: nameGap('The older dialect’s reply to run: "S3 key and SHA-256", without names.', [
    'objectKey',
    'key',
    's3Key',
  ]),
  sha256Fields: nameGap('The second of these.', ['sha256', 'checksum', 'hash']),
  cronFields: nameGap('The older dialect’s cron key is not shown; it is stored as backup.cron.', [
    'backup.cron',
    'cron',
  ]),
} as const satisfies GapTable
