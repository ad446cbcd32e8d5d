import type { ReactNode } from 'react'
import type { Failure } from '../../../shared/domain/failure.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button } from '../../ui/kit.ts'
import { TestReport } from '../access/test-report.tsx'
import { hasPassed, testWords, type AccessTest } from '../access/use-access-test.ts'
import s from './add.module.css'

interface Props {
  /** The id of the form that is tested. */
  readonly form: string
  readonly test: AccessTest
  readonly onTrust: (hostKey: string) => void
  /** What is added. */
  readonly label: string
  readonly isWhole: boolean
  readonly isSending: boolean
  readonly failure: Failure | null
  readonly onCancel: () => void
  /** Another way out, behind the buttons. */
  readonly children?: ReactNode
}

/** Beside a form: what of it works, and the button that adds it once all of it does. */
export function TestPane(props: Props) {
  const { form, test, onTrust, label, isWhole, isSending, failure, onCancel, children } = props
  const words = testWords(test)
  return (
    <aside className={s['test']} aria-label="Test of what is typed">
      <header aria-live="polite">
        <h2>{words.title}</h2>
        <p>{words.note}</p>
      </header>
      <div className={s['scroll']}>
        <TestReport test={test} onTrust={onTrust} />
        {failure !== null && <ErrorLine failure={failure} />}
      </div>
      <footer>
        <Button onClick={onCancel}>Cancel</Button>
        <Button
          type="submit"
          form={form}
          variant="filled"
          disabled={!isWhole || !hasPassed(test)}
          loading={isSending}
        >
          Add {label}
        </Button>
        {children}
      </footer>
    </aside>
  )
}
