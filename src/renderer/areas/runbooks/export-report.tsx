import { useMutation } from '@tanstack/react-query'
import type { Run } from '../../../shared/contract/runbooks.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { saveText } from '../../lib/save-text.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, Modal } from '../../ui/kit.ts'
import { reportCommand } from './model/commands.ts'
import s from './dialogs.module.css'

const types = { html: 'text/html', json: 'application/json' } as const

/** One file that says it all, to be kept; or this page on paper. */
export function ExportReport({ run, onClose }: { readonly run: Run; readonly onClose: () => void }) {
  const report = useMutation(
    useDesk().runbooks.report.mutationOptions({
      onSuccess: ({ name, text }, { as }) => {
        saveText([text], { name, type: types[as] })
        onClose()
      },
    }),
  )
  return (
    <Modal opened onClose={onClose} title="Export the report" size={560}>
      <p className={s['text']}>
        The timeline, what was confirmed, what was found, the acceptance sheet and the head of the audit
        chain, as it stands now. No secret is in it.
      </p>
      <div className={s['ways']}>
        <Button
          data-autofocus
          disabled={report.isPending}
          onClick={() => report.mutate({ id: run.id, as: 'html' })}
        >
          Save as HTML
        </Button>
        <span>One file, to read and to print; it loads nothing.</span>
        <Button disabled={report.isPending} onClick={() => report.mutate({ id: run.id, as: 'json' })}>
          Save as JSON
        </Button>
        <span>The same for programs.</span>
        <Button
          onClick={() => {
            onClose()
            printPage()
          }}
        >
          Print this page…
        </Button>
        <span>The steps and the evidence as they are shown.</span>
      </div>
      <CommandLine apart command={reportCommand(run.id)} />
      {report.isError && <ErrorLine failure={failureOf(report.error)} />}
    </Modal>
  )
}

/** Paper is light; the dialog is gone before it is printed. */
function printPage(): void {
  const { dataset } = document.documentElement
  const before = dataset['mantineColorScheme']
  requestAnimationFrame(() => {
    dataset['mantineColorScheme'] = 'light'
    window.print()
    dataset['mantineColorScheme'] = before
  })
}
