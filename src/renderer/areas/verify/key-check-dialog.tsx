import { useMutation } from '@tanstack/react-query'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { clusterCommand } from '../../../shared/domain/cluster-command.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { hashGroups } from '../../ui/hash.tsx'
import { Button, DialogFoot, Modal } from '../../ui/kit.ts'
import s from './verify.module.css'

interface Props {
  readonly cluster: Cluster
  readonly onClose: () => void
  readonly onStarted: (jobId: string) => void
}

/** Whether the given keys open every backup: little is read, and no backup is proved by it. */
export function KeyCheckDialog({ cluster, onClose, onStarted }: Props) {
  const desk = useDesk()
  const start = useMutation(
    desk.verify.startKeyCheck.mutationOptions({ onSuccess: ({ jobId }) => onStarted(jobId) }),
  )
  const keys = cluster.masterKeyHints
  return (
    <Modal opened onClose={onClose} title={`Check the keys of ${printable(cluster.name)}`} size={560}>
      <section className={s['cost']} aria-label="What it costs">
        <h3>Reads the first 4 KiB of each distinct object.</h3>
        <p>
          {keys.length === 0 ? (
            'No master key is given: it says which backups need one.'
          ) : (
            <>
              Tries {countOf(keys.length, 'master key')}: <code>{keys.map(hashGroups).join(', ')}</code>. It
              says which backups they open, and proves none of them: that takes a verification.
            </>
          )}
        </p>
        <CommandLine command={clusterCommand('key-check', cluster.name)} />
      </section>
      {start.isError && <ErrorLine failure={failureOf(start.error)} />}
      <DialogFoot note="Nothing in the repository is changed.">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="filled"
          data-autofocus
          disabled={start.isPending}
          onClick={() => start.mutate({ clusterId: cluster.id })}
        >
          Start
        </Button>
      </DialogFoot>
    </Modal>
  )
}
