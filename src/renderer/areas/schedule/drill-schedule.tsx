import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { DrillSchedulePlan } from '../../../shared/contract/drills.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine, ErrorPanel } from '../../ui/error-panel.tsx'
import { Facts, frame, Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { ReasonField, useReason } from '../../ui/reason-field.tsx'
import { Status } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import { offCommand } from './model/commands.ts'
import { DrillScheduleDialog } from './drill-schedule-dialog.tsx'
import { NextTimes } from './next-times.tsx'
import s from './schedule.module.css'

/** The drills that this console makes by itself, as long as it runs. */
export function DrillSchedulePart({ cluster }: { readonly cluster: Cluster }) {
  const desk = useDesk()
  const [isOpen, setOpen] = useState(false)
  const input = { clusterId: cluster.id }
  const plan = useQuery({ ...desk.drills.schedule.queryOptions({ input }), staleTime: 0 })
  usePageAct('drills.setSchedule', (id) => {
    if (id !== cluster.id || plan.data === undefined) return false
    setOpen(true)
    return true
  })
  if (plan.isError) {
    return <ErrorPanel failure={failureOf(plan.error)} onRetry={() => void plan.refetch()} />
  }
  if (plan.data === undefined) return null
  const { schedule } = plan.data
  return (
    <section aria-label="Drills on time">
      <Section
        end={
          <Button size="xs" variant="subtle" onClick={() => setOpen(true)}>
            {schedule === null ? 'Switch drills on…' : 'Change the drills…'}
          </Button>
        }
      >
        Drills on time
      </Section>
      <p className={s['state']}>
        <Status tone={schedule === null ? 'none' : 'good'} strong>
          {schedule === null ? 'Off' : 'On'}
        </Status>
      </p>
      {schedule === null ? (
        <p className={s['text']}>Holdfast drills no backup of this cluster by itself.</p>
      ) : (
        <On cluster={cluster} plan={plan.data} />
      )}
      {isOpen && <DrillScheduleDialog cluster={cluster} now={schedule} onClose={() => setOpen(false)} />}
    </section>
  )
}

function On({ cluster, plan }: { readonly cluster: Cluster; readonly plan: DrillSchedulePlan }) {
  const { schedule, next, missed } = plan
  if (schedule === null) return null
  const { everyDays, at, zone, folder, host } = schedule
  return (
    <>
      <p className={s['text']}>
        Holdfast drills the newest backup that is known to be restorable, while it runs and no runbook of the
        cluster is open. One that is missed is told here, and not made up for.
      </p>
      {missed !== null && (
        <p className={s['text']}>
          <Status tone="warn">
            Missed <Age at={missed.at} ago />: <Printable text={missed.because} />
          </Status>
        </p>
      )}
      <div className={s['next']}>
        <h3>Next</h3>
        <NextTimes next={next} />
      </div>
      <Facts
        of={[
          ['Each', `${countOf(everyDays, 'day')}, at ${at}`],
          ['Meant in', zone],
          ['Folder', folder ?? 'the usual one'],
          ...(host === null ? [] : ([['Host', host]] as const)),
        ]}
      />
      <SwitchDrillsOff cluster={cluster} />
    </>
  )
}

function SwitchDrillsOff({ cluster }: { readonly cluster: Cluster }) {
  const desk = useDesk()
  const queries = useQueryClient()
  const reason = useReason(cluster.mode)
  const off = useMutation(
    desk.drills.setSchedule.mutationOptions({
      onSuccess: async () => queries.invalidateQueries({ queryKey: desk.drills.key() }),
    }),
  )
  return (
    <>
      <ReasonField of={reason} />
      {reason.isNeeded && <CommandLine apart command={offCommand('drill-schedule', cluster.name, reason)} />}
      {off.isError && <ErrorLine failure={failureOf(off.error)} />}
      <div className={s['acts']}>
        <Button
          loading={off.isPending}
          disabled={reason.isMissing}
          onClick={() => off.mutate({ clusterId: cluster.id, schedule: null, ...reason.sent })}
        >
          Switch drills off
        </Button>
      </div>
      <p className={frame.dim}>Drills by hand go on as before.</p>
    </>
  )
}
