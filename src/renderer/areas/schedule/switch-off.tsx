import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button } from '../../ui/kit.ts'
import { ReasonField, useReason } from '../../ui/reason-field.tsx'
import { offCommand } from './model/commands.ts'
import s from './schedule.module.css'

/** Ends what this console does by itself; where the cluster is protected, with a reason. */
export function SwitchOff({ cluster }: { readonly cluster: Cluster }) {
  const desk = useDesk()
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const reason = useReason(cluster.mode)
  const off = useMutation(
    desk.masters.setOwnSchedule.mutationOptions({
      onSuccess: async () => queries.invalidateQueries({ queryKey: desk.masters.schedule.key() }),
    }),
  )
  const switchOff = (): void => off.mutate({ id: cluster.id, schedule: null, ...reason.sent })
  return (
    <>
      {isAsking && <ReasonField of={reason} />}
      {isAsking && <CommandLine apart command={offCommand('snapshot-schedule', cluster.name, reason)} />}
      {off.isError && <ErrorLine failure={failureOf(off.error)} />}
      <div className={s['acts']}>
        {isAsking && <Button onClick={() => setAsking(false)}>Cancel</Button>}
        <Button
          loading={off.isPending}
          disabled={isAsking && reason.isMissing}
          onClick={() => (reason.isNeeded && !isAsking ? setAsking(true) : switchOff())}
        >
          {reason.isNeeded && !isAsking ? 'Switch off…' : 'Switch off'}
        </Button>
      </div>
    </>
  )
}
