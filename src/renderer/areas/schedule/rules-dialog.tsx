import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { RetentionView } from '../../../shared/contract/retention.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, Checkbox, DialogFoot, Modal, TextInput } from '../../ui/kit.ts'
import { ReasonField, useReason } from '../../ui/reason-field.tsx'
import { rulesCommand } from './model/commands.ts'
import { draftOf, isCount, rulesIn, rulesSentence, type RetentionDraft } from './model/retention-draft.ts'
import s from './schedule.module.css'

interface Props {
  readonly cluster: Cluster
  readonly saved: RetentionView
  readonly onClose: () => void
}

/** What is kept, as numbers; saving deletes nothing. */
export function RulesDialog({ cluster, saved, onClose }: Props) {
  const desk = useDesk()
  const queries = useQueryClient()
  const [draft, setDraft] = useState(() => draftOf(saved.rules ?? saved.usual))
  const [sweepsOrphans, setSweeps] = useState(saved.sweepsOrphans)
  const reason = useReason(cluster.mode)
  const rules = rulesIn(draft)
  const save = useMutation(
    desk.retention.setRules.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: desk.retention.get.key() })
        onClose()
      },
    }),
  )
  const isWhole = rules !== null && !reason.isMissing
  const field = (name: keyof RetentionDraft, label: string, description: string) => (
    <TextInput
      label={label}
      description={description}
      inputMode="numeric"
      autoComplete="off"
      value={draft[name]}
      error={draft[name].trim() !== '' && !isCount(draft[name]) && 'A whole number of at least 1'}
      onChange={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
    />
  )
  return (
    <Modal opened onClose={onClose} title={`What is kept of ${printable(cluster.name)}`} size={560}>
      <form
        className={s['form']}
        onSubmit={(event) => {
          event.preventDefault()
          if (!isWhole) return
          save.mutate({
            clusterId: cluster.id,
            rules,
            sweepsOrphans,
            ...reason.sent,
          })
        }}
      >
        {field('keepLast', 'The newest', 'So many are kept, whatever their age. Empty: no such rule.')}
        <div className={s['two']}>
          {field('keepDays', 'Younger than, in days', 'All of these are kept. Empty: no such rule.')}
          {field('atMost', 'Of the young ones at most', 'Empty: all of them.')}
        </div>
        <Checkbox
          label="Leftovers go as well"
          description="Objects of no backup, from failed uploads and cut deletions, once they are older than a day"
          checked={sweepsOrphans}
          onChange={(event) => setSweeps(event.currentTarget.checked)}
        />
        <p className={s['note']} aria-live="polite">
          {rules === null ? 'Say how many are kept, or for how many days, or both.' : rulesSentence(rules)}
        </p>
        <ReasonField of={reason} />
        {rules !== null && <CommandLine command={rulesCommand(cluster.name, rules, sweepsOrphans, reason)} />}
        {save.isError && <ErrorLine failure={failureOf(save.error)} />}
        <DialogFoot note="Nothing is deleted by saving.">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" disabled={!isWhole} loading={save.isPending}>
            Save
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  )
}
