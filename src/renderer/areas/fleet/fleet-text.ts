import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { JudgedHealth } from '../../../shared/domain/cluster-health.ts'
import { bytesWords, targetWords } from '../../../shared/domain/size-words.ts'
import type { TextColumn } from '../../ui/copy-table.tsx'
import { ladderText } from '../../ui/ladder.tsx'
import { stripWords } from '../../ui/strip.tsx'
import { lastDrillWords } from '../drills/model/last-drill.ts'
import { mastersWords } from '../masters/model/health-words.ts'
import { postureWordsOf } from '../repositories/posture-words.ts'
import { isNeverSeen } from '../../ui/never-seen.ts'
import { keyWords } from '../../ui/key-words.ts'

/** The fleet as text: each row says what its pictures say. */
export const fleetText: readonly TextColumn<JudgedHealth<Cluster>>[] = [
  { head: 'Cluster', text: ({ cluster }) => cluster.name },
  { head: 'System', text: ({ cluster }) => cluster.system },
  { head: 'State', text: ({ health }) => health.word },
  {
    head: 'Why',
    text: ({ health }) => (health.reason === null ? '' : `${health.reason.lead} ${health.reason.detail}`),
  },
  { head: '30 days', text: ({ cluster }) => stripWords(cluster.look?.days ?? []) },
  {
    head: 'Newest restorable (UTC)',
    text: ({ cluster: { look } }) =>
      look?.newestRestorable?.createdAt ?? (isNeverSeen(look) ? 'not known' : 'none'),
  },
  { head: 'Target', text: ({ cluster }) => targetWords(cluster.rpoMs) },
  {
    head: 'Proved',
    text: ({ cluster }) => ladderText(cluster.look?.proved?.level ?? null, cluster.look?.proved?.failedAt),
  },
  {
    head: 'Last drill',
    text: ({ cluster }) =>
      cluster.look === null
        ? ''
        : [lastDrillWords(cluster).word, cluster.look.lastDrill?.at ?? ''].join(' ').trim(),
  },
  { head: 'Key opens', text: ({ cluster }) => keyWords(cluster.look?.keyProof).word },
  {
    head: 'Posture',
    text: ({ cluster }) => {
      const { figure, note } = postureWordsOf(cluster.posture)
      return note === null ? figure : `${figure}: ${note}`
    },
  },
  {
    head: 'Masters',
    text: ({ cluster }) => mastersWords[cluster.masters.state].word,
  },
  {
    head: 'Stored',
    text: ({ cluster }) => (cluster.look === null ? '' : bytesWords(cluster.look.storedBytes)),
  },
]
