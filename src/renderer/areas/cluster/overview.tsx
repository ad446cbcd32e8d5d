import { Link } from '@tanstack/react-router'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { canSnapshot, healthOf, type Health } from '../../../shared/domain/cluster-health.ts'
import { levelWords } from '../../../shared/domain/level.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { bytesWords, countOf, countWords, targetWords } from '../../../shared/domain/size-words.ts'
import { dayWords } from '../../../shared/domain/time-words.ts'
import { NextActionButton } from '../../app/next-action.tsx'
import { useHealthRule } from '../../lib/use-fleet.ts'
import { AgeBar } from '../../ui/age-bar.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Facts, frame, Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { BackupId, hashGroups, withShortHashes } from '../../ui/hash.tsx'
import { Ladder } from '../../ui/ladder.tsx'
import { Glyph, Status } from '../../ui/status.tsx'
import { Age, Moment } from '../../ui/time.tsx'
import { keyWords } from '../../ui/key-words.ts'
import { Strip, stripWords } from '../../ui/strip.tsx'
import { MastersHealth } from '../masters/masters-health.tsx'
import { SnapshotButton } from '../masters/snapshot-button.tsx'
import { DrillButton } from '../drills/drill-button.tsx'
import { lastDrillWords } from '../drills/model/last-drill.ts'
import { VerifyButton } from '../verify/verify-button.tsx'
import { overviewSentence } from './overview-sentence.ts'
import { useCluster } from './use-cluster.ts'
import s from './overview.module.css'

/** What is at risk, what can be restored, and what stands behind that. */
export function Overview() {
  const cluster = useCluster()
  const health = healthOf(cluster, useHealthRule())
  const { look } = cluster
  const failure = look?.failure ?? null
  return (
    <div className={frame.page}>
      <div className={s['lead']}>
        <h2>{overviewSentence(cluster, health)}</h2>
        {health.reason !== null && failure === null && (
          <p>
            <b data-tone={health.tone}>{health.reason.lead}</b>{' '}
            <span title={printable(health.reason.detail)}>
              {withShortHashes(printable(health.reason.detail))}
            </span>
          </p>
        )}
        <Acts cluster={cluster} canRead={failure === null} />
      </div>
      {failure !== null && (
        <ErrorPanel
          title="The repository could not be looked at."
          failure={failure}
          actions={
            health.next !== null && <NextActionButton cluster={cluster} next={health.next} filled size="sm" />
          }
        />
      )}
      {look !== null && failure !== null && look.backups > 0 && (
        <p className={s['stale']}>
          What follows was seen <Age at={look.asOf} ago />.
        </p>
      )}
      <div className={s['columns']}>
        <section>
          <Newest cluster={cluster} health={health} />
          <Days cluster={cluster} />
        </section>
        <section>
          <Proof cluster={cluster} health={health} />
          <Stored cluster={cluster} />
          <Target cluster={cluster} />
        </section>
      </div>
      <div className={s['masters']}>
        <MastersHealth cluster={cluster} />
      </div>
    </div>
  )
}

/** What one most likely came for; a restore says all before it changes anything. */
function Acts({ cluster, canRead }: { readonly cluster: Cluster; readonly canRead: boolean }) {
  const newest = cluster.look?.newestRestorable ?? null
  const isBarred = cluster.mode === 'readOnly' && cluster.masters.state !== 'none'
  if (!canRead && !isBarred && !canSnapshot(cluster)) return null
  return (
    <div className={s['acts']}>
      {canRead && <VerifyButton cluster={cluster} />}
      {canRead && cluster.look !== null && cluster.look.backups > 0 && <DrillButton cluster={cluster} />}
      <SnapshotButton cluster={cluster} />
      {canRead && newest !== null && (
        <Button
          renderRoot={(props) => (
            <Link
              to="/clusters/$id/restore/$backupId"
              params={{ id: cluster.id, backupId: newest.backupId }}
              {...props}
            />
          )}
        >
          Restore…
        </Button>
      )}
      {isBarred && <span className={frame.dim}>No snapshot is asked of it: it is read-only here.</span>}
    </div>
  )
}

interface Props {
  readonly cluster: Cluster
  readonly health: Health
}

function Newest({ cluster, health }: Props) {
  const { look } = cluster
  const newest = look?.newestRestorable ?? null
  const tone = health.ratio === null || health.ratio > 2 ? 'bad' : health.ratio > 1 ? 'warn' : 'good'
  return (
    <>
      <Section note={`target ${targetWords(cluster.rpoMs)}`}>Newest restorable backup</Section>
      {newest === null ? (
        <p className={s['none']}>
          <Glyph tone={look === null ? 'unknown' : health.tone} decorative />
          {look === null
            ? 'Not known before the first look.'
            : look.notProved > 0
              ? 'None is proved yet.'
              : 'There is none.'}
        </p>
      ) : (
        <div className={s['newest']}>
          <p>
            <b data-tone={tone}>
              <Age at={newest.createdAt} />
            </b>{' '}
            <Moment at={newest.createdAt} />
          </p>
          <AgeBar ratio={health.ratio} tone={tone} />
          <Facts
            of={[
              ['Backup', <BackupId key="id" id={newest.backupId} />],
              ['Proved', levelWords[newest.level]],
              ['Read', newest.verifiedAt === null ? 'never' : <Age key="age" at={newest.verifiedAt} ago />],
            ]}
          />
        </div>
      )}
      {look?.newest && look.newest.backupId !== newest?.backupId && (
        <p className={s['second']}>
          The newest of any kind is <BackupId id={look.newest.backupId} />,{' '}
          <Age at={look.newest.createdAt} ago />.
        </p>
      )}
    </>
  )
}

function Days({ cluster: { look, id } }: { readonly cluster: Cluster }) {
  if (look === null) return null
  const faults = look.days.filter(({ outcome }) => ['missed', 'failed', 'empty', 'late'].includes(outcome))
  return (
    <>
      <Section note={stripWords(look.days)}>30 days to today</Section>
      <div className={s['strip']}>
        <Strip days={look.days} />
      </div>
      {faults.length > 0 && (
        <ul className={s['faults']}>
          {[...faults]
            .reverse()
            .slice(0, 6)
            .map(({ day, outcome }) => (
              <li key={day}>
                <Glyph
                  tone={outcome === 'failed' || outcome === 'empty' ? 'bad' : 'warn'}
                  size={12}
                  decorative
                />
                {dayWords(new Date(day))} {outcome === 'missed' ? 'nothing was written' : outcome}
              </li>
            ))}
        </ul>
      )}
      {look.backups > 0 && (
        <p className={s['second']}>
          <Link to="/clusters/$id/backups" params={{ id }} className={frame.link}>
            {countOf(look.backups, 'backup')}
          </Link>
          : {countWords(look.restorable)} restorable, {countWords(look.notRestorable)} not restorable,{' '}
          {countWords(look.notProved)} not proved.
        </p>
      )}
    </>
  )
}

function Proof({ cluster, health }: Props) {
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

function Stored({ cluster: { look } }: { readonly cluster: Cluster }) {
  if (look === null) return null
  return (
    <>
      <Section>Repository</Section>
      <Facts
        of={[
          ['Stored', bytesWords(look.storedBytes)],
          ['Objects', countWords(look.objects)],
          ['Looked at', <Age key="age" at={look.asOf} ago />],
        ]}
      />
    </>
  )
}

function Target({ cluster }: { readonly cluster: Cluster }) {
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
