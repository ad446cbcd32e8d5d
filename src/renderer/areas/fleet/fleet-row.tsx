import { Link, useNavigate } from '@tanstack/react-router'
import { memo } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { Health, JudgedHealth } from '../../../shared/domain/cluster-health.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { countWords, targetWords } from '../../../shared/domain/size-words.ts'
import { NextActionButton } from '../../app/next-action.tsx'
import { AgeBar } from '../../ui/age-bar.tsx'
import { hashGroups, withShortHashes } from '../../ui/hash.tsx'
import * as Icon from '../../ui/icons.tsx'
import { Button } from '../../ui/kit.ts'
import { Ladder } from '../../ui/ladder.tsx'
import { Glyph, type Tone } from '../../ui/status.tsx'
import { Strip, stripWords } from '../../ui/strip.tsx'
import { Age } from '../../ui/time.tsx'
import { isNeverSeen } from '../../ui/never-seen.ts'
import { keyWords } from '../../ui/key-words.ts'
import { lastDrillWords } from '../drills/model/last-drill.ts'
import { postureWordsOf } from '../repositories/posture-words.ts'
import { mastersWords } from '../masters/model/health-words.ts'
import s from './fleet.module.css'

/** One cluster: its state, why, and the one next action. */
export const FleetRow = memo(function FleetRow({ cluster, health }: JudgedHealth<Cluster>) {
  const navigate = useNavigate()
  const open = (): void => void navigate({ to: '/clusters/$id/overview', params: { id: cluster.id } })
  return (
    <div
      role="row"
      className={s['row']}
      data-tone={health.tone}
      data-row
      tabIndex={0}
      aria-label={`${cluster.name}: ${health.word}`}
      onClick={(event) => {
        if (!isOwn(event.target, event.currentTarget)) open()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target === event.currentTarget) open()
      }}
    >
      <Name cluster={cluster} health={health} />
      <div role="cell">
        {cluster.look && (
          <>
            <Strip days={cluster.look.days} />
            <small>{stripWords(cluster.look.days)}</small>
          </>
        )}
      </div>
      <Newest cluster={cluster} health={health} />
      <Proved cluster={cluster} health={health} />
      <LastDrill cluster={cluster} />
      <Key cluster={cluster} />
      <Posture cluster={cluster} />
      {health.reason !== null && (
        <div role="cell" className={s['why']}>
          <p title={printable(health.reason.detail)}>
            <b data-tone={health.tone}>{health.reason.lead}</b>{' '}
            {withShortHashes(printable(health.reason.detail))}
          </p>
          {health.group === 'act' && <Recover cluster={cluster} />}
          {health.next !== null && (
            <NextActionButton cluster={cluster} next={health.next} filled={health.group === 'act'} />
          )}
        </div>
      )}
    </div>
  )
})

/** To the questions that lead to the right runbook. */
function Recover({ cluster }: Pick<CellProps, 'cluster'>) {
  return (
    <Button
      size="xs"
      variant="subtle"
      renderRoot={(props) => <Link to="/recover" search={{ cluster: cluster.id }} {...props} />}
    >
      Recover…
    </Button>
  )
}

/** What is pressed inside a row and does something of its own, or in a dialog that the row has opened. */
function isOwn(target: EventTarget, row: Element): boolean {
  return target instanceof Element && (target.closest('a, button') !== null || !row.contains(target))
}

interface CellProps {
  readonly cluster: Cluster
  readonly health: Health
}

function Name({ cluster, health }: CellProps) {
  return (
    <div role="cell" className={s['who']}>
      <Glyph tone={health.tone} size={16} decorative />
      <div>
        <div className={s['nm']}>
          <Link to="/clusters/$id/overview" params={{ id: cluster.id }} tabIndex={-1}>
            <strong>{printable(cluster.name)}</strong>
          </Link>
          <em>{cluster.system}</em>
          {cluster.mode !== 'normal' && (
            <span className={s['mode']} data-mode={cluster.mode}>
              {cluster.mode === 'protected' ? <Icon.Lock size={11} /> : <Icon.Eye size={11} />}
              {cluster.mode === 'protected' ? 'protected' : 'read-only'}
            </span>
          )}
        </div>
        <small>
          <b data-tone={health.tone}>{health.word}</b>
          <Masters cluster={cluster} />
        </small>
      </div>
    </div>
  )
}

/** How its masters are, where they are connected; the repository needs none of them. */
function Masters({ cluster: { masters } }: { readonly cluster: Cluster }) {
  if (masters.state === 'none') return null
  const { tone, word } = mastersWords[masters.state]
  return (
    <span className={s['masters']} title={masters.words === null ? undefined : printable(masters.words)}>
      <Glyph tone={tone} size={11} decorative />
      masters {word.charAt(0).toLowerCase() + word.slice(1)}
    </span>
  )
}

function Newest({ cluster, health }: CellProps) {
  const newest = cluster.look?.newestRestorable ?? null
  const tone = ageTone(health)
  const isNotKnown = isNeverSeen(cluster.look)
  if (newest === null && (health.tone !== 'bad' || isNotKnown)) {
    return (
      <div role="cell" className={s['age']}>
        <span className={s['line']}>
          <Glyph tone="unknown" size={12} decorative />
          {isNotKnown ? 'Not known' : 'None proved'}
        </span>
        <small>target {targetWords(cluster.rpoMs)}</small>
      </div>
    )
  }
  return (
    <div role="cell" className={s['age']}>
      <span className={s['big']} data-tone={tone}>
        {newest === null ? 'Never' : <Age at={newest.createdAt} />}
        <i>of {targetWords(cluster.rpoMs)}</i>
      </span>
      <AgeBar ratio={health.ratio} tone={tone} />
    </div>
  )
}

/** Within the target, over it, far over it. */
function ageTone({ ratio }: Health): Tone {
  if (ratio === null || ratio > 2) return 'bad'
  return ratio > 1 ? 'warn' : 'good'
}

/** How far the newest one is, and how many of all are to their end. */
function Proved({ cluster: { look }, health }: CellProps) {
  if (look === null) return <div role="cell" />
  const { proved, restorable, backups } = look
  if (proved === null) {
    return (
      <div role="cell">
        <Ladder reached={null} />
      </div>
    )
  }
  return (
    <div role="cell">
      <Ladder
        reached={proved.level}
        failedAt={proved.failedAt}
        notProvable={proved.notProvable}
        old={health.isProofOld}
      />
      <small data-tone={health.isProofOld ? 'warn' : undefined}>
        {proved.verifiedAt === null ? 'never read' : <Age at={proved.verifiedAt} ago short plain />}
        {health.isProofOld && ', old'}
        {`, ${restorable === backups ? 'all' : `${countWords(restorable)} of`} ${countWords(backups)}`}
      </small>
    </div>
  )
}

/** What its last restore for trial took, against the target; how long ago that was. */
function LastDrill({ cluster }: { readonly cluster: Cluster }) {
  if (cluster.look === null) return <div role="cell" />
  const { tone, figure, note } = lastDrillWords(cluster)
  const { lastDrill } = cluster.look
  return (
    <div role="cell">
      <span className={s['line']}>
        {tone !== 'good' && <Glyph tone={tone} size={12} decorative />}
        <span data-tone={tone}>{figure}</span>
        {lastDrill !== null && <i>{note}</i>}
      </span>
      <small>{lastDrill === null ? note : <Age at={lastDrill.at} ago short plain />}</small>
    </div>
  )
}

/** How well its repository is protected, and what is worst of that. */
function Posture({ cluster: { posture } }: Pick<CellProps, 'cluster'>) {
  const { tone, figure, note } = postureWordsOf(posture)
  return (
    <div role="cell">
      <span className={s['line']}>
        <Glyph tone={tone} size={12} decorative />
        {figure}
      </span>
      <small title={posture?.worst === null ? undefined : posture?.worst.sentence}>
        {note ?? (posture && <Age at={posture.asOf} ago short plain />)}
      </small>
    </div>
  )
}

function Key({ cluster }: { readonly cluster: Cluster }) {
  const { tone, word } = keyWords(cluster.look?.keyProof)
  return (
    <div role="cell">
      <span className={s['line']}>
        <Glyph tone={tone} size={12} decorative />
        {word}
      </span>
      <small>
        {cluster.masterKeyHints.length > 0 ? (
          <code>{cluster.masterKeyHints.map(hashGroups).join(', ')}</code>
        ) : (
          'no key given'
        )}
      </small>
    </div>
  )
}
