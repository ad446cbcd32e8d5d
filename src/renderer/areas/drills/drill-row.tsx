import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { listPage, useInSight } from '../../ui/list-page.tsx'
import { Glyph } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import { lastDrillWords } from './model/last-drill.ts'

/** A cluster in one row: what its last drill came to, and how long ago that was. */
export const DrillRow = memo(function DrillRow({
  cluster,
  isOld,
  isOn,
}: {
  readonly cluster: Cluster
  /** Its last drill is older than it may be. */
  readonly isOld: boolean
  readonly isOn: boolean
}) {
  const row = useInSight<HTMLAnchorElement>(isOn)
  const words = lastDrillWords(cluster)
  const tone = isOld ? 'warn' : words.tone
  const last = cluster.look?.lastDrill ?? null
  return (
    <div role="listitem">
      <Link
        ref={row}
        to="/drills/$id"
        params={{ id: cluster.id }}
        className={listPage.row}
        data-on={isOn || undefined}
        aria-current={isOn ? 'true' : undefined}
      >
        <Glyph tone={tone} size={13} />
        <span>
          <b>{printable(cluster.name)}</b>
          <small>{isOld ? `${words.word}; too old` : words.word}</small>
        </span>
        {last !== null && <Age at={last.at} ago short plain />}
      </Link>
    </div>
  )
})
