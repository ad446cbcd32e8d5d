import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { noAccess } from '../../../shared/contract/repositories.ts'
import type { AuditAnchorPlace } from '../../../shared/contract/settings.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, Checkbox, NumberInput, Select, TextInput } from '../../ui/kit.ts'
import { anchorCommand } from './commands.ts'
import s from './settings.module.css'

interface Props {
  readonly now: AuditAnchorPlace | null
  readonly onDone: () => void
}

const environment = 'environment'

const usual: AuditAnchorPlace = {
  address: '',
  access: { ...noAccess, credential: { source: 'environment' } },
  everyEntries: 50,
  everyMinutes: 10,
  keepDays: 365,
}

/** Asks for a bucket with Object Lock; the first anchor is written when it is kept. */
export function AnchorForm({ now, onDone }: Props) {
  const desk = useDesk()
  const queries = useQueryClient()
  const [draft, setDraft] = useState<AuditAnchorPlace>(now ?? usual)
  const change = (part: Partial<AuditAnchorPlace>): void => setDraft({ ...draft, ...part })
  const credentials = useQuery(desk.vault.credentials.queryOptions())
  const set = useMutation(
    desk.settings.set.mutationOptions({
      onSuccess: async (settings) => {
        queries.setQueryData(desk.settings.get.queryKey(), settings)
        await queries.invalidateQueries({ queryKey: desk.audit.status.queryKey() })
        onDone()
      },
    }),
  )
  const { credential } = draft.access
  const number = (value: string | number, least: number): number =>
    Math.max(least, Math.round(Number(value)) || least)
  return (
    <form
      className={s['anchor']}
      onSubmit={(event) => {
        event.preventDefault()
        set.mutate({ auditAnchor: draft })
      }}
    >
      <TextInput
        label="Address"
        description="A bucket with Object Lock, and a folder in it for this installation alone"
        placeholder="s3://BUCKET/FOLDER/?endpoint=URL"
        value={draft.address}
        onChange={(event) => change({ address: event.currentTarget.value })}
        data-autofocus
      />
      <Select
        label="S3 credential"
        description="It needs to write and list; it cannot take back what is locked"
        data={[
          { value: environment, label: 'The keys of this program’s environment' },
          ...(credentials.data ?? [])
            .filter(({ kind }) => kind === 's3')
            .map(({ id, label, hint }) => ({ value: id, label: `${label} (${hint})` })),
        ]}
        value={credential.source === 'vault' ? credential.id : environment}
        allowDeselect={false}
        onChange={(value) =>
          change({
            access: {
              ...draft.access,
              credential:
                value === null || value === environment
                  ? { source: 'environment' }
                  : { source: 'vault', id: value },
            },
          })
        }
      />
      <NumberInput
        label="Entries between two anchors"
        min={1}
        max={10_000}
        value={draft.everyEntries}
        onChange={(value) => change({ everyEntries: number(value, 1) })}
      />
      <NumberInput
        label="Minutes until what is new is anchored"
        min={1}
        max={1440}
        value={draft.everyMinutes}
        onChange={(value) => change({ everyMinutes: number(value, 1) })}
      />
      <NumberInput
        label="Days for which nobody can delete an anchor"
        min={1}
        max={36_500}
        value={draft.keepDays}
        onChange={(value) => change({ keepDays: number(value, 1) })}
      />
      <Checkbox
        label="Allow plain HTTP to another computer"
        checked={draft.access.allowHttp}
        onChange={(event) => change({ access: { ...draft.access, allowHttp: event.currentTarget.checked } })}
      />
      <CommandLine command={anchorCommand(draft)} />
      {set.isError && <ErrorLine failure={failureOf(set.error)} />}
      <div className={s['acts']}>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="filled" disabled={draft.address.trim() === ''} loading={set.isPending}>
          Keep anchors there
        </Button>
      </div>
    </form>
  )
}
