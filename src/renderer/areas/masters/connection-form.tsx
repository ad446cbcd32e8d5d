import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { ConnectionField, ConnectionValues } from '../../../shared/contract/connection-fields.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button } from '../../ui/kit.ts'
import { ReasonField, useReason } from '../../ui/reason-field.tsx'
import { ConnectionFieldOf } from './connection-field.tsx'
import { connectCommand } from './model/commands.ts'
import { missingIn, valuesOf, type Draft } from './model/connection-draft.ts'
import s from './masters.module.css'

interface Props {
  readonly cluster: Cluster
  readonly fields: readonly ConnectionField[]
  /** Null: none is kept yet. */
  readonly kept: ConnectionValues | null
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  readonly onDone: () => void
}

/** How the masters are reached, asked for as the system's own schema says. It holds names of credentials and no secret. */
export function ConnectionForm({ cluster, fields, kept, draft, onChange, onDone }: Props) {
  const desk = useDesk()
  const queries = useQueryClient()
  const reason = useReason(cluster.mode)
  const missing = missingIn(fields, draft)
  const command = connectCommand(cluster.name, { fields, kept, draft }, reason)
  const save = useMutation(
    desk.masters.save.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: desk.masters.key() })
        onDone()
      },
    }),
  )
  return (
    <form
      className={s['form']}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate({
          id: cluster.id,
          values: valuesOf(draft),
          ...reason.sent,
        })
      }}
    >
      {fields.map((field) => {
        const value = draft[field.name]
        return (
          value && (
            <ConnectionFieldOf
              key={field.name}
              field={field}
              value={value}
              suggestedLabel={cluster.name}
              onChange={(next) => onChange({ ...draft, [field.name]: next })}
            />
          )
        )
      })}
      <ReasonField of={reason} />
      {command !== null && missing.length === 0 && <CommandLine command={command} />}
      {save.isError && <ErrorLine failure={failureOf(save.error)} />}
      <div className={s['acts']}>
        <Button onClick={onDone}>Cancel</Button>
        <Button
          type="submit"
          variant="filled"
          disabled={missing.length > 0 || reason.isMissing}
          loading={save.isPending}
        >
          Keep
        </Button>
        <span className={s['note']}>
          {missing[0] ?? 'Nothing is changed in the cluster; its masters are only asked how they are.'}
        </span>
      </div>
    </form>
  )
}
