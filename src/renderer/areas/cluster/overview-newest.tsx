import { Link } from '@tanstack/react-router'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { type Health } from '../../../shared/domain/cluster-health.ts'
import { levelWords } from '../../../shared/domain/level.ts'
import { countOf, countWords, targetWords } from '../../../shared/domain/size-words.ts'
import { dayWords } from '../../../shared/domain/time-words.ts'
import { AgeBar } from '../../ui/age-bar.tsx'
import { Facts, frame, Section } from '../../ui/frame.tsx'
import { BackupId } from '../../ui/hash.tsx'
import { Glyph } from '../../ui/status.tsx'
import { Age, Moment } from '../../ui/time.tsx'
import { isNeverSeen } from '../../ui/never-seen.ts'
import { outcomeWords, Strip, stripWords } from '../../ui/strip.tsx'
import s from './overview.module.css'

interface Props {
  readonly cluster: Cluster
  readonly health: Health
}

/** The newest backup that can be restored, and how old it is against the target. */
export function Newest({ cluster, health }: Props) {
  const { look } = cluster
  const newest = look?.newestRestorable ?? null
  const isNotKnown = isNeverSeen(look)
  const tone = health.ratio === null || health.ratio > 2 ? 'bad' : health.ratio > 1 ? 'warn' : 'good'
  return (
    <>
      <Section note={`target ${targetWords(cluster.rpoMs)}`}>Newest restorable backup</Section>
      {newest === null ? (
        <p className={s['none']}>
          <Glyph tone={isNotKnown ? 'unknown' : health.tone} decorative />
          {look === null
            ? 'Not known before the first look.'
            : isNotKnown
              ? 'Not known: its repository was never reached.'
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

/** Which days have a backup. */
export function Days({ cluster: { look, id } }: { readonly cluster: Cluster }) {
  // Where nobody has reached the repository there is no day to tell of.
  if (look === null || look.days.length === 0) return null
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
                {dayWords(new Date(day))} {outcomeWords[outcome]}
              </li>
            ))}
        </ul>
      )}
      <details className={s['daily']}>
        <summary>Day by day</summary>
        <ol>
          {look.days.toReversed().map(({ day, outcome }) => (
            <li key={day}>
              {dayWords(new Date(day))} <span>{outcomeWords[outcome]}</span>
            </li>
          ))}
        </ol>
      </details>
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
