import { asked } from './asked.ts'

/** What reads backups of a cluster and is asked for at many places. */
export type WorkRequest =
  | {
      readonly kind: 'verify'
      readonly clusterId: string
      /** Backups that the asker has in hand, with the words for them: "this backup", "the 14 shown". */
      readonly these?: { readonly backupIds: readonly string[]; readonly words: string }
      /** Also what an earlier run has read. */
      readonly recheck?: boolean
    }
  | { readonly kind: 'copy'; readonly clusterId: string; readonly backupId: string }
  | { readonly kind: 'keyCheck'; readonly clusterId: string }

/** One dialog answers for all. */
const work = asked<WorkRequest | null>(null)
export const askWork = work.ask
export const useWorkAsked = work.useAsked

export function verifyBackup(clusterId: string, backupId: string, recheck = false): WorkRequest {
  return { kind: 'verify', clusterId, these: { backupIds: [backupId], words: 'This backup' }, recheck }
}
