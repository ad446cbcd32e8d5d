import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { DrillCost } from '../../../shared/contract/drills.ts'
import { tookWords } from '../../../shared/domain/drill.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { bytesWords } from '../../../shared/domain/size-words.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { BackupId } from '../../ui/hash.tsx'
import { Button, DialogFoot, Modal } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Sentences } from '../../ui/sentence.tsx'
import { Status } from '../../ui/status.tsx'
import { DrillPlace } from './drill-place.tsx'
import { isWhole, sentOf, usualPlace } from './model/drill-place.ts'
import s from './drills.module.css'

interface Props {
  readonly cluster: Cluster
  /** Null: the newest one. */
  readonly backupId: string | null
  readonly onClose: () => void
  readonly onStarted: (jobId: string) => void
}

/** What a drill reads, writes and shows; nothing is read before Start. */
export function DrillDialog({ cluster, backupId, onClose, onStarted }: Props) {
  const desk = useDesk()
  const [place, setPlace] = useState(usualPlace)
  const input = { clusterId: cluster.id, ...(backupId !== null && { backupId }) }
  const cost = useQuery({ ...desk.drills.cost.queryOptions({ input }), staleTime: 0 })
  const start = useMutation(desk.drills.start.mutationOptions({ onSuccess: ({ jobId }) => onStarted(jobId) }))
  const { data } = cost
  const begin = (chosen: DrillCost): void =>
    start.mutate({
      clusterId: cluster.id,
      backupId: chosen.backupId,
      ...sentOf(place),
    })
  return (
    <Modal opened onClose={onClose} title={`Drill ${printable(cluster.name)}`} size={620}>
      <section className={s['cost']} aria-label="What it costs" aria-live="polite">
        {cost.isError ? (
          <ErrorLine failure={failureOf(cost.error)} />
        ) : data === undefined ? (
          <p>Counting what has to be read.</p>
        ) : (
          <Cost cost={data} />
        )}
      </section>
      {data?.refused === null && <DrillPlace cost={data} place={place} onChange={setPlace} />}
      {start.isError && <ErrorLine failure={failureOf(start.error)} />}
      <DialogFoot note="Neither the cluster nor its backups are touched.">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="filled"
          disabled={data === undefined || data.refused !== null || !isWhole(place, data) || start.isPending}
          onClick={() => data !== undefined && begin(data)}
        >
          Start
        </Button>
      </DialogFoot>
    </Modal>
  )
}

function Cost({ cost }: { readonly cost: DrillCost }) {
  const { refused, proveBytes, readBytes, estimateMs, estimateSource, says } = cost
  if (refused !== null) {
    return (
      <>
        <h3>
          There is no drill of <BackupId id={cost.backupId} />.
        </h3>
        <p>
          <Status tone="notProvable">
            <Printable text={refused} />
          </Status>
        </p>
      </>
    )
  }
  const first = proveBytes === 0 ? '' : `${bytesWords(proveBytes)} to prove it, then `
  const time = estimateMs === null ? '' : `, about ${tookWords(estimateMs)}`
  return (
    <>
      <h3>
        Reads {first}
        {bytesWords(readBytes)} to restore it{time}.
      </h3>
      <p>
        Backup <BackupId id={cost.backupId} />. <Printable text={estimateSource} />
      </p>
      <Sentences of={says} />
      <div className={s['twin']}>
        <CommandLine command={cost.commandLine} />
      </div>
    </>
  )
}
