import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { OwnSchedule, SnapshotWay } from '../../../shared/contract/masters.ts'
import { usePageAct } from '../../app/page-act.ts'
import { Facts, frame, Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { Status } from '../../ui/status.tsx'
import { NextTimes } from './next-times.tsx'
import { OwnScheduleDialog } from './own-schedule-dialog.tsx'
import { SwitchOff } from './switch-off.tsx'
import s from './schedule.module.css'

interface Props {
  readonly cluster: Cluster
  readonly ways: readonly SnapshotWay[]
  readonly ours: { readonly schedule: OwnSchedule; readonly next: readonly string[] } | null
}

/** What this console does by itself, as long as it runs. */
export function OwnSchedulePart({ cluster, ways, ours }: Props) {
  const [isOpen, setOpen] = useState(false)
  // Nobody would be there for what stops something, and what makes nothing is no backup.
  const usable = ways.filter(({ stops, makesNothing }) => !stops && !makesNothing)
  const mayChange = cluster.mode !== 'readOnly' && usable.length > 0
  usePageAct('masters.setOwnSchedule', (id) => {
    if (id !== cluster.id || !mayChange) return false
    setOpen(true)
    return true
  })
  return (
    <>
      <Section
        end={
          ours !== null &&
          mayChange && (
            <Button
              size="xs"
              variant="subtle"
              aria-label="Change the schedule of Holdfast"
              onClick={() => setOpen(true)}
            >
              Change…
            </Button>
          )
        }
      >
        What Holdfast will do
      </Section>
      <p className={s['state']}>
        <Status tone={ours === null ? 'none' : 'good'} strong>
          {ours === null ? 'Off' : 'On'}
        </Status>
      </p>
      {ours === null ? (
        <p className={s['text']}>Holdfast takes no snapshot of this cluster by itself.</p>
      ) : (
        <>
          <p className={s['text']}>
            Holdfast takes a snapshot and verifies what arrives, while it runs. A time that passes while it
            does not run is not made up for; the overdue backup then shows in the fleet.
          </p>
          <div className={s['next']}>
            <h3>Next</h3>
            <NextTimes next={ours.next} />
            {ours.next.length === 0 && <p className={s['note']}>The expression has no time to come.</p>}
          </div>
          <Facts
            of={[
              ['Schedule', <code key="cron">{ours.schedule.cron}</code>],
              ['Meant in', ours.schedule.zone],
              ['Way', ways.find(({ id }) => id === ours.schedule.way)?.label ?? ours.schedule.way],
            ]}
          />
          <SwitchOff cluster={cluster} />
        </>
      )}
      {cluster.mode === 'readOnly' ? (
        <p className={frame.dim}>It asks nothing of this cluster by itself: the cluster is read-only here.</p>
      ) : usable.length === 0 ? (
        <p className={frame.dim}>
          None of its ways can be taken while nobody is there: each stops something or makes nothing.
        </p>
      ) : (
        ours === null && (
          <>
            <p className={frame.dim}>It would do so only while it runs on this computer.</p>
            <div className={s['acts']}>
              <Button onClick={() => setOpen(true)}>Switch on…</Button>
            </div>
          </>
        )
      )}
      {isOpen && (
        <OwnScheduleDialog
          cluster={cluster}
          ways={usable}
          now={ours?.schedule ?? null}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  )
}
