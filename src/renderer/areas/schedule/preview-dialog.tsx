import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { RetentionPreview } from '../../../shared/contract/retention.ts'
import type { RetentionRules } from '../../../shared/domain/retention.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { bytesWords, countOf, countWords } from '../../../shared/domain/size-words.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { Dash, Dashed } from '../../ui/dashed.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, DialogFoot, Modal } from '../../ui/kit.ts'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { DangerButtons } from '../../wizards/danger-buttons.tsx'
import { AskReason, TypedName } from '../../wizards/typed-name.tsx'
import { PreviewRows } from './preview-rows.tsx'
import s from './schedule.module.css'

interface Props {
  readonly cluster: Cluster
  readonly rules: RetentionRules
  readonly sweepsOrphans: boolean
  readonly onClose: () => void
}

/** What dies and why, then the confirmation of exactly that. */
export function PreviewDialog({ cluster, rules, sweepsOrphans, onClose }: Props) {
  const desk = useDesk()
  const preview = useQuery({
    ...desk.retention.preview.queryOptions({ input: { clusterId: cluster.id, rules, sweepsOrphans } }),
    staleTime: Infinity,
    gcTime: 0,
  })
  return (
    <Modal opened onClose={onClose} title={`What goes of ${printable(cluster.name)}`} size={1040}>
      {preview.isError ? (
        <>
          <ErrorLine failure={failureOf(preview.error)} />
          <DialogFoot note="Nothing was deleted.">
            <Button onClick={onClose}>Close</Button>
            <Button onClick={() => void preview.refetch()}>Try again</Button>
          </DialogFoot>
        </>
      ) : preview.data === undefined || preview.isFetching ? (
        <p className={s['note']} role="status">
          Reading the listing and the manifests.
        </p>
      ) : (
        <Shown
          cluster={cluster}
          preview={preview.data}
          onClose={onClose}
          onAgain={() => void preview.refetch()}
        />
      )}
    </Modal>
  )
}

interface ShownProps {
  readonly cluster: Cluster
  readonly preview: RetentionPreview
  readonly onClose: () => void
  readonly onAgain: () => void
}

function Shown({ cluster, preview, onClose, onAgain }: ShownProps) {
  const desk = useDesk()
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState('')
  const apply = useMutation(
    desk.retention.apply.mutationOptions({
      onSuccess: ({ jobId }) => {
        onClose()
        void navigate({ to: '/activity/jobs/$id', params: { id: jobId } })
      },
    }),
  )
  const { rows, objects, freesBytes, effects } = preview
  const going = rows.filter(({ fate }) => fate === 'delete').length
  const needsReason = cluster.mode === 'protected'
  const isReady = typed === cluster.name && (!needsReason || reason.trim() !== '')
  return (
    <>
      <p className={s['state']} role="status">
        {objects === 0
          ? 'Nothing goes: these rules keep all that lies there.'
          : `${countWords(going)} of ${countOf(rows.length, 'backup')} would go: ${countOf(objects, 'object')}, ${bytesWords(freesBytes)}.`}
      </p>
      <PreviewRows preview={preview} />
      {effects.length > 0 && (
        <Dashed>
          {effects.map((sentence) => (
            <Dash key={sentence}>{sentence}</Dash>
          ))}
        </Dashed>
      )}
      {objects === 0 || cluster.mode === 'readOnly' ? (
        <DialogFoot
          note={
            cluster.mode === 'readOnly'
              ? 'Nothing is deleted from here: the cluster is read-only here.'
              : 'Nothing was deleted.'
          }
        >
          <Button data-autofocus onClick={onClose}>
            Close
          </Button>
        </DialogFoot>
      ) : (
        <>
          <CommandLine command={preview.commandLine} />
          <div className={w['zone']}>
            {needsReason && <AskReason value={reason} onChange={setReason} />}
            <TypedName expected={cluster.name} what="the cluster’s name" value={typed} onChange={setTyped} />
            {apply.isError && (
              <ErrorLine
                failure={failureOf(apply.error)}
                action={<Button onClick={onAgain}>Look again</Button>}
              />
            )}
            <DangerButtons
              label={`Delete ${countOf(objects, 'object')} of ${cluster.name}`}
              isReady={isReady}
              isStarting={apply.isPending}
              note={
                needsReason && reason.trim() === '' && typed === cluster.name
                  ? 'A reason is missing: the cluster is protected.'
                  : 'Enter never starts it.'
              }
              onCancel={onClose}
              onStart={() =>
                apply.mutate({
                  clusterId: cluster.id,
                  rules: preview.rules,
                  sweepsOrphans: preview.sweepsOrphans,
                  hash: preview.hash,
                  confirm: typed,
                  ...(reason.trim() !== '' && { reason: reason.trim() }),
                })
              }
            />
          </div>
        </>
      )}
    </>
  )
}
