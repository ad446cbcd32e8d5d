import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { targetWords } from '../../../shared/domain/size-words.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Facts, Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { ReasonField, useReason } from '../../ui/reason-field.tsx'
import { editClusterCommand } from '../access/commands.ts'
import { MasterKeyFields } from '../access/master-key-fields.tsx'
import { NameFields, type NameDraft } from '../access/name-fields.tsx'
import s from './connection.module.css'

const modeWords = { normal: 'Normal', protected: 'Protected', readOnly: 'Read-only' } as const

/** Name, targets, kind and keys, as they are and to be changed; a protected cluster asks why. */
export function ClusterEdit({ cluster }: { readonly cluster: Cluster }) {
  const [isEditing, setEditing] = useState(false)
  usePageAct('clusters.edit', (id) => {
    if (id !== cluster.id) return false
    setEditing(true)
    return true
  })
  return (
    <>
      <Section
        end={
          !isEditing && (
            <Button size="xs" variant="subtle" onClick={() => setEditing(true)}>
              Change…
            </Button>
          )
        }
      >
        Name, targets and keys
      </Section>
      {isEditing ? (
        <EditForm cluster={cluster} onDone={() => setEditing(false)} />
      ) : (
        <div className={s['facts']}>
          <Facts
            of={[
              ['Name', cluster.name],
              ['Newest backup within', targetWords(cluster.rpoMs)],
              ['Restore within', cluster.rtoMs === null ? 'No target' : targetWords(cluster.rtoMs)],
              ['Kind', modeWords[cluster.mode]],
              ...(cluster.masterKeys.length === 0 ? [['Master keys', 'None given'] as const] : []),
            ]}
          />
        </div>
      )}
    </>
  )
}

function EditForm({ cluster, onDone }: { readonly cluster: Cluster; readonly onDone: () => void }) {
  const desk = useDesk()
  const queries = useQueryClient()
  const [draft, setDraft] = useState<NameDraft>(cluster)
  const [masterKeys, setMasterKeys] = useState<readonly string[]>(cluster.masterKeys)
  const reason = useReason(cluster.mode)
  const edit = useMutation(
    desk.clusters.edit.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries()
        onDone()
      },
    }),
  )
  const { name, rpoMs, rtoMs, mode } = draft
  const isWhole = name !== null && name.trim() !== '' && rpoMs !== null && !reason.isMissing
  const command =
    name === null || rpoMs === null
      ? null
      : editClusterCommand(
          cluster,
          { name: name.trim(), rpoMs, rtoMs, mode, masterKeys: [...masterKeys] },
          reason,
        )
  return (
    <form
      className={s['form']}
      onSubmit={(event) => {
        event.preventDefault()
        if (name === null || rpoMs === null) return
        edit.mutate({
          id: cluster.id,
          name: name.trim(),
          rpoMs,
          rtoMs,
          mode,
          masterKeys: [...masterKeys],
          ...reason.sent,
        })
      }}
    >
      <NameFields draft={draft} onChange={setDraft} />
      <MasterKeyFields chosen={masterKeys} onChange={setMasterKeys} suggestedLabel={name ?? ''} />
      <ReasonField of={reason} />
      {command !== null && <CommandLine command={command} />}
      {edit.isError && <ErrorLine failure={failureOf(edit.error)} />}
      <div className={s['acts']}>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="filled" disabled={!isWhole} loading={edit.isPending}>
          Keep
        </Button>
      </div>
    </form>
  )
}
