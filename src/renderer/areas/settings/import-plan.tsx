import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { SetupPlan } from '../../../shared/contract/setup.ts'
import { importCommand } from '../../../shared/domain/setup-command.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { useClient } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button } from '../../ui/kit.ts'
import { ReasonField, useReasonWhere } from '../../ui/reason-field.tsx'
import { Status } from '../../ui/status.tsx'
import { ImportTable } from './import-table.tsx'
import s from './settings.module.css'

interface Props {
  readonly fileName: string
  readonly text: string
  readonly plan: SetupPlan
  readonly onDone: () => void
}

/** Asks whether exactly this is to be imported. */
export function ImportPlan({ fileName, text, plan, onDone }: Props) {
  const client = useClient()
  const queries = useQueryClient()
  const reason = useReasonWhere(plan.needsReason)
  const apply = useMutation({
    mutationFn: () => client.setup.importApply({ text, hash: plan.hash, ...reason.sent }),
    onSuccess: async () => {
      onDone()
      await queries.invalidateQueries()
    },
  })
  const isNothing = plan.adds + plan.changes === 0
  return (
    <form
      className={s['anchor']}
      onSubmit={(event) => {
        event.preventDefault()
        apply.mutate()
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
      <ReasonField of={reason} because="Something gets weaker, or is protected" />
      <CommandLine command={importCommand(fileName, plan, reason.value)} />
      {apply.isError && <ErrorLine failure={failureOf(apply.error)} />}
      <div className={s['acts']}>
        <Button onClick={onDone}>Cancel</Button>
        <Button
          type="submit"
          variant="filled"
          disabled={isNothing || reason.isMissing || plan.refuses > 0}
          loading={apply.isPending}
        >
          Import exactly this
        </Button>
      </div>
    </form>
  )
}
