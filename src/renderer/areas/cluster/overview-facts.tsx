import { Link } from '@tanstack/react-router'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { type Health } from '../../../shared/domain/cluster-health.ts'
import { levelWords } from '../../../shared/domain/level.ts'
import { bytesWords, countWords, targetWords } from '../../../shared/domain/size-words.ts'
import { Facts, frame, Section } from '../../ui/frame.tsx'
import { hashGroups } from '../../ui/hash.tsx'
import { Ladder } from '../../ui/ladder.tsx'
import { Status } from '../../ui/status.tsx'
import { isNeverSeen } from '../../ui/never-seen.ts'
import { Age } from '../../ui/time.tsx'
import { keyWords } from '../../ui/key-words.ts'
import { postureWordsOf } from '../repositories/posture-words.ts'
import { lastDrillWords } from '../drills/model/last-drill.ts'
import s from './overview.module.css'

interface Props {
  readonly cluster: Cluster
  readonly health: Health
}

/** How far the newest one is proved, and by which keys. */
export function Proof({ cluster, health }: Props) {
  const { look } = cluster
  const proved = look?.proved ?? null
  const key = keyWords(look?.keyProof)
  return (
    <>
      <Section>Proof</Section>
      <Facts
        of={[
          [
            'Newest backup',
            proved === null ? (
              <Ladder key="none" reached={null} />
            ) : (
              <span key="some" className={s['inline']}>
                <Ladder
                  reached={proved.level}
                  failedAt={proved.failedAt}
                  notProvable={proved.notProvable}
                  old={health.isProofOld}
                />
                {proved.verifiedAt !== null && <Age at={proved.verifiedAt} ago />}
              </span>
            ),
          ],
          [
            'Key opens',
            <span key="key" className={s['inline']}>
              <Status tone={key.tone}>{key.word}</Status>
              {cluster.masterKeyHints.map((hint) => (
                <code key={hint}>{hashGroups(hint)}</code>
              ))}
            </span>,
          ],
          ...(proved !== null && proved.notProvable.length > 0
            ? [['Cannot be proved', proved.notProvable.map((level) => levelWords[level]).join(', ')] as const]
            : []),
        ]}
      />
    </>
  )
}

export function Stored({ cluster }: { readonly cluster: Cluster }) {
  const { look } = cluster
  if (look === null) return null
  return (
    <>
      <Section>Repository</Section>
      <Facts
        of={[
          ['Stored', isNeverSeen(look) ? 'not known' : bytesWords(look.storedBytes)],
          ['Objects', isNeverSeen(look) ? 'not known' : countWords(look.objects)],
          ['Looked at', <Age key="age" at={look.asOf} ago />],
          ['Posture', <Posture key="posture" cluster={cluster} />],
        ]}
      />
    </>
  )
}

function Posture({ cluster: { posture, repositoryId } }: { readonly cluster: Cluster }) {
  const { tone, figure, note } = postureWordsOf(posture)
  return (
    <span className={s['inline']}>
      <Status tone={tone}>{posture === null || note === null ? figure : `${figure}, ${note}`}</Status>
      <Link className={frame.link} to="/repositories/$id" params={{ id: repositoryId }}>
        Repository
      </Link>
    </span>
  )
}

export function Targets({ cluster }: { readonly cluster: Cluster }) {
  return (
    <>
      <Section>Targets</Section>
      <Facts
        of={[
          ['Newest backup within', targetWords(cluster.rpoMs)],
          ['Restore within', cluster.rtoMs === null ? 'no target' : targetWords(cluster.rtoMs)],
          ['Last drill', <LastDrill key="drill" cluster={cluster} />],
          ['Mode', { normal: 'Normal', protected: 'Protected', readOnly: 'Read-only' }[cluster.mode]],
        ]}
      />
    </>
  )
}

/** Leads to all of them. */
function LastDrill({ cluster }: { readonly cluster: Cluster }) {
  const { tone, word } = lastDrillWords(cluster)
  const last = cluster.look?.lastDrill ?? null
  return (
    <span className={s['inline']}>
      <Status tone={tone}>{word}</Status>
      {last !== null && <Age at={last.at} ago />}
      <Link className={frame.link} to="/drills/$id" params={{ id: cluster.id }}>
        Drills
      </Link>
    </span>
  )
}
