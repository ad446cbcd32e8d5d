import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { Health } from '../../../shared/domain/cluster-health.ts'
import { ageWords } from '../../../shared/domain/size-words.ts'
import { momentWords } from '../../ui/time.tsx'

/** What could be done if the cluster failed now. */
export function overviewSentence({ look }: Cluster, { newestAgeMs }: Health): string {
  if (look === null) return 'Its repository was not looked at yet.'
  if (look.newestRestorable !== null && newestAgeMs !== null) {
    const at = momentWords(look.newestRestorable.createdAt, Date.parse(look.asOf))
    return look.failure === null
      ? `If it failed now, it could be restored to ${at}, ${ageWords(newestAgeMs)} ago.`
      : `When its repository was last read, it could be restored to ${at}.`
  }
  if (look.failure !== null) return 'Whether it can be restored is not known.'
  if (look.notProved > 0) return 'Whether it can be restored is not proved.'
  return 'If it failed now, it could not be restored.'
}
