import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { DrillSchedulePlan } from '../../../shared/contract/drills.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Modal, NumberInput, TextInput } from '../../ui/kit.ts'
import { ReasonField, useReason } from '../../ui/reason-field.tsx'
import { DrillPlace } from '../drills/drill-place.tsx'
import { isWhole, type Place } from '../drills/model/drill-place.ts'
import { drillScheduleCommand } from './model/commands.ts'
import { ownZone } from './model/schedule-words.ts'
import { SwitchFoot } from './switch-foot.tsx'
import { ZoneSelect } from './zone-select.tsx'
import s from './schedule.module.css'

interface Props {
  readonly cluster: Cluster
  readonly now: DrillSchedulePlan['schedule']
  readonly onClose: () => void
}

/** When and where this console drills by itself. */
export function DrillScheduleDialog({ cluster, now, onClose }: Props) {
  const desk = useDesk()
  const queries = useQueryClient()
  const [everyDays, setEveryDays] = useState<string | number>(now?.everyDays ?? 30)
  const [at, setAt] = useState(now?.at ?? '03:00')
  const [zone, setZone] = useState(now?.zone ?? ownZone())
  const [place, setPlace] = useState<Place>({ folder: now?.folder ?? '', host: now?.host ?? '', typed: '' })
  const reason = useReason(cluster.mode)
  const input = { clusterId: cluster.id }
  // What kind of drill its newest backup has says what is to be asked for.
  const cost = useQuery({ ...desk.drills.cost.queryOptions({ input }), staleTime: 0 })
  const set = useMutation(
    desk.drills.setSchedule.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: desk.drills.key() })
        onClose()
      },
    }),
  )
  const days = Number(everyDays)
  const isReady =
    Number.isInteger(days) &&
    days >= 1 &&
    /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(at) &&
    cost.data !== undefined &&
    isWhole(place, cost.data) &&
    !reason.isMissing
  const textOf = (text: string): string | null => (text.trim() === '' ? null : text.trim())
  return (
    <Modal opened onClose={onClose} title={`Drills of ${printable(cluster.name)} on time`} size={560}>
      <form
        className={s['form']}
        onSubmit={(event) => {
          event.preventDefault()
          if (!isReady) return
          set.mutate({
            clusterId: cluster.id,
            schedule: { everyDays: days, at, zone, folder: textOf(place.folder), host: textOf(place.host) },
            ...(place.typed !== '' && { confirm: place.typed }),
            ...reason.sent,
          })
        }}
      >
        <div className={s['two']}>
          <NumberInput
            label="Each so many days"
            min={1}
            max={365}
            data-autofocus
            value={everyDays}
            onChange={setEveryDays}
          />
          <TextInput
            label="Time of day"
            placeholder="03:00"
            autoComplete="off"
            value={at}
            onChange={(event) => setAt(event.currentTarget.value.trim())}
          />
        </div>
        <ZoneSelect value={zone} onChange={setZone} />
        {cost.isError && <ErrorLine failure={failureOf(cost.error)} />}
        {cost.data !== undefined && <DrillPlace cost={cost.data} place={place} onChange={setPlace} />}
        <ReasonField of={reason} />
        <CommandLine
          command={drillScheduleCommand(
            cluster.name,
            { everyDays: String(everyDays), at, zone, ...place },
            reason,
          )}
        />
        {set.isError && <ErrorLine failure={failureOf(set.error)} />}
        <SwitchFoot
          note="Kept on this computer; a drill touches neither the cluster nor its backups."
          isOn={now !== null}
          isReady={isReady}
          isSending={set.isPending}
          onClose={onClose}
        />
      </form>
    </Modal>
  )
}
