import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { largestSetupBytes, type SetupPlan } from '../../../shared/contract/setup.ts'
import { importCommand, importPlanCommand } from '../../../shared/domain/setup-command.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { frameLimits } from '../../../shared/frames/call-frame.ts'
import { useClient } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, TextInput } from '../../ui/kit.ts'
import { Status } from '../../ui/status.tsx'
import { ImportTable } from './import-table.tsx'
import s from './settings.module.css'

/** What a window may send at once, with room for what goes around the text. */
function fitsOneCall(text: string): boolean {
  return new TextEncoder().encode(JSON.stringify(text)).byteLength < frameLimits.bytes - 4096
}

interface Props {
  readonly file: File
  readonly onDone: () => void
}

/** What the file would do here; nothing is done before it is asked for. */
export function ImportForm({ file, onDone }: Props) {
  const client = useClient()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const read = useQuery({
    queryKey: ['setup file', file.name, file.size, file.lastModified],
    queryFn: async () => {
      // One byte more than is taken at all, and never a whole film.
      const text = await file.slice(0, largestSetupBytes + 1).text()
      return fitsOneCall(text) ? { text, plan: await client.setup.importPlan({ text }) } : null
    },
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
  })
  const apply = useMutation({
    mutationFn: async ({ text, plan }: { readonly text: string; readonly plan: SetupPlan }) => {
      const given = reason.trim()
      await client.setup.importApply({ text, hash: plan.hash, ...(given !== '' && { reason: given }) })
    },
    onSuccess: async () => {
      onDone()
      await queries.invalidateQueries()
    },
  })
  if (read.isError) return <ErrorLine failure={failureOf(read.error)} />
  if (read.data === undefined) return <p>Reading {file.name}…</p>
  if (read.data === null) {
    return (
      <div className={s['anchor']}>
        <Status tone="bad">It is larger than this window takes; nothing of it was read</Status>
        <p>A setup of a large fleet is imported on the command line, which takes up to 4 MiB.</p>
        <CommandLine command={importPlanCommand(file.name)} />
      </div>
    )
  }
  const { text, plan } = read.data
  const isNothing = plan.adds + plan.changes === 0
  const isMissing = plan.needsReason && reason.trim() === ''
  return (
    <form
      className={s['anchor']}
      onSubmit={(event) => {
        event.preventDefault()
        apply.mutate({ text, plan })
      }}
    >
      <p>
        It adds {plan.adds} and changes {plan.changes}; {plan.same} are as in the file. Nothing is removed.
      </p>
      {plan.refuses > 0 && (
        <Status tone="bad">
          {countOf(plan.refuses, 'entry', 'entries')} refused: nothing can be imported
        </Status>
      )}
      {plan.weakenings > 0 && (
        <Status tone="warn">{countOf(plan.weakenings, 'field')} weaker than now</Status>
      )}
      <ImportTable rows={plan.rows} />
      {plan.missing.length > 0 && (
        <ul className={s['text']} aria-label="Credentials to be given">
          {plan.missing.map(({ label, kind, wantedBy, there }) => (
            <li key={`${wantedBy} ${kind} ${label}`}>
              {wantedBy} wants the {kind} “{label}”: {there === 0 ? 'none here has' : `${there} here have`}{' '}
              this name.
            </li>
          ))}
        </ul>
      )}
      {plan.needsReason && (
        <TextInput
          label="Reason"
          description="Something gets weaker, or is protected: the reason is kept in the audit chain"
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      <CommandLine command={importCommand(file.name, plan, reason)} />
      {apply.isError && <ErrorLine failure={failureOf(apply.error)} />}
      <div className={s['acts']}>
        <Button onClick={onDone}>Cancel</Button>
        <Button
          type="submit"
          variant="filled"
          disabled={isNothing || isMissing || plan.refuses > 0}
          loading={apply.isPending}
        >
          Import exactly this
        </Button>
      </div>
    </form>
  )
}
