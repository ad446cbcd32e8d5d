import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { clusterCommand } from '../../../shared/domain/cluster-command.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { frame } from '../../ui/frame.tsx'
import { Button, DialogFoot, Modal } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import s from './verify.module.css'

interface CopyDialogProps {
  readonly cluster: Cluster
  readonly backupId: string
  readonly onClose: () => void
  readonly onStarted: (jobId: string) => void
}

/** Where a backup is copied to: a saved repository of the same system, other than its own. */
export function CopyDialog({ cluster, backupId, onClose, onStarted }: CopyDialogProps) {
  const desk = useDesk()
  const [to, setTo] = useState<string | null>(null)
  const repositories = useQuery(desk.repositories.list.queryOptions())
  const start = useMutation(
    desk.verify.startCopy.mutationOptions({ onSuccess: ({ jobId }) => onStarted(jobId) }),
  )
  const places = repositories.data?.filter(
    ({ id, system }) => system === cluster.system && id !== cluster.repositoryId,
  )
  const chosen = places?.find(({ id }) => id === to)
  return (
    <Modal opened onClose={onClose} title="Copy this backup" size={560}>
      <p style={{ overflowWrap: 'anywhere' }}>
        <code>
          <Printable text={backupId} />
        </code>{' '}
        and every object that it points to, also those that other backups hold.
      </p>
      {repositories.isError && <ErrorLine failure={failureOf(repositories.error)} />}
      {places?.length === 0 && (
        <p>
          No other repository of {cluster.system} is saved here.{' '}
          <Link className={frame.link} to="/add/repository" onClick={onClose}>
            Add one
          </Link>{' '}
          first.
        </p>
      )}
      {places !== undefined && places.length > 0 && (
        <fieldset className={s['group']}>
          <legend>To</legend>
          {places.map(({ id, name, address }) => (
            <div key={id} className={s['choice']}>
              <label>
                <input type="radio" name="to" checked={to === id} onChange={() => setTo(id)} />
                <span>{name}</span>
                <small>{address}</small>
              </label>
            </div>
          ))}
        </fieldset>
      )}
      {chosen !== undefined && (
        <CommandLine
          command={clusterCommand('copy', cluster.name, {
            backups: [backupId],
            options: ['--into', chosen.id],
          })}
        />
      )}
      {start.isError && <ErrorLine failure={failureOf(start.error)} />}
      <DialogFoot note="Nothing that is there already is overwritten.">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="filled"
          disabled={to === null || start.isPending}
          onClick={() => to !== null && start.mutate({ clusterId: cluster.id, backupId, toRepositoryId: to })}
        >
          Copy
        </Button>
      </DialogFoot>
    </Modal>
  )
}
