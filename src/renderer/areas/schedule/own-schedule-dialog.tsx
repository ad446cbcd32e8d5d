import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { OwnSchedule, SnapshotWay } from '../../../shared/contract/masters.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Modal, Select, TextInput, useDebouncedValue } from '../../ui/kit.ts'
import { ReasonField, useReason } from '../../ui/reason-field.tsx'
import { ownScheduleCommand } from './model/commands.ts'
import { ownZone } from './model/schedule-words.ts'
import { NextTimes } from './next-times.tsx'
import { SwitchFoot } from './switch-foot.tsx'
import { ZoneSelect } from './zone-select.tsx'
import s from './schedule.module.css'

interface Props {
  readonly cluster: Cluster
  /** Those that can be taken while nobody is there. */
  readonly ways: readonly SnapshotWay[]
  readonly now: OwnSchedule | null
  readonly onClose: () => void
}

/** When this console takes snapshots by itself; the next three times are shown before anything is kept. */
export function OwnScheduleDialog({ cluster, ways, now, onClose }: Props) {
  const desk = useDesk()
  const queries = useQueryClient()
  const [cron, setCron] = useState(now?.cron ?? '0 2 * * *')
  const [zone, setZone] = useState(now?.zone ?? ownZone())
  const [way, setWay] = useState(ways.find(({ id }) => id === now?.way)?.id ?? ways[0]?.id ?? '')
  const reason = useReason(cluster.mode)
  const [rested] = useDebouncedValue(cron.trim(), 250)
  const times = useQuery({
    ...desk.masters.nextTimes.queryOptions({ input: { cron: rested, zone } }),
    enabled: rested !== '',
    staleTime: 0,
  })
  const set = useMutation(
    desk.masters.setOwnSchedule.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: desk.masters.schedule.key() })
        onClose()
      },
    }),
  )
  const isWhole = rested === cron.trim() && times.isSuccess && way !== '' && !reason.isMissing
  return (
    <Modal opened onClose={onClose} title={`Schedule of Holdfast for ${printable(cluster.name)}`} size={560}>
      <form
        className={s['form']}
        onSubmit={(event) => {
          event.preventDefault()
          if (!isWhole) return
          set.mutate({
            id: cluster.id,
            schedule: { cron: cron.trim(), zone, way },
            ...reason.sent,
          })
        }}
      >
        <div className={s['two']}>
          <TextInput
            label="When"
            description="Minute, hour, day of the month, month, day of the week"
            placeholder="0 2 * * *"
            classNames={{ input: s['mono'] ?? '' }}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            value={cron}
            maxLength={120}
            onChange={(event) => setCron(event.currentTarget.value)}
          />
          <ZoneSelect value={zone} onChange={setZone} />
        </div>
        <Select
          label="Way"
          description={ways.find(({ id }) => id === way)?.does}
          data={ways.map(({ id, label }) => ({ value: id, label }))}
          value={way}
          onChange={(next) => next !== null && setWay(next)}
        />
        <section className={s['next']} aria-label="Next times" aria-live="polite">
          <h3>It would then be taken at</h3>
          {rested === '' ? (
            <p className={s['note']}>Write five fields first.</p>
          ) : times.isError ? (
            <ErrorLine failure={failureOf(times.error)} />
          ) : times.data === undefined ? (
            <p className={s['note']}>Computing.</p>
          ) : times.data.next.length === 0 ? (
            <p className={s['note']}>Never: no such time is to come.</p>
          ) : (
            <NextTimes next={times.data.next} />
          )}
        </section>
        <ReasonField of={reason} />
        <CommandLine command={ownScheduleCommand(cluster.name, { cron, zone, way }, reason)} />
        {set.isError && <ErrorLine failure={failureOf(set.error)} />}
        <SwitchFoot
          note="Kept on this computer; nothing is changed in the cluster."
          isOn={now !== null}
          isReady={isWhole}
          isSending={set.isPending}
          onClose={onClose}
        />
      </form>
    </Modal>
  )
}
