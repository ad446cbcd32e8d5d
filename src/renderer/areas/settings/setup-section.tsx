import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { usePageAct } from '../../app/page-act.ts'
import { useClient } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { saveText } from '../../lib/save-text.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import * as Icon from '../../ui/icons.tsx'
import { Button, Modal } from '../../ui/kit.ts'
import { ImportForm } from './import-form.tsx'
import s from './settings.module.css'

/** What is saved here as a file for another installation, and such a file brought here. */
export function SetupSection() {
  const client = useClient()
  const chooser = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File | null>(null)
  const save = useMutation({
    mutationFn: async () => {
      const { text, leftOut } = await client.setup.export()
      saveText([text], { name: 'holdfast-setup.json', type: 'application/json' })
      return leftOut
    },
  })
  usePageAct('setup.export', () => {
    save.mutate()
    return true
  })
  usePageAct('setup.importApply', () => {
    chooser.current?.click()
    return true
  })
  return (
    <>
      <Section>Take the setup along</Section>
      <p className={s['text']}>
        Clusters, repositories, targets, trusted hosts, settings, rules, pins and schedules as one readable
        file. It names credentials by their labels and holds no secret.
      </p>
      {save.data?.map((one) => (
        <p key={one} className={s['text']}>
          Not taken along: {one}
        </p>
      ))}
      {save.isError && <ErrorLine failure={failureOf(save.error)} />}
      <div className={s['acts']}>
        <Button
          leftSection={<Icon.Download size={14} />}
          onClick={() => save.mutate()}
          loading={save.isPending}
        >
          Export the setup
        </Button>
        <Button onClick={() => chooser.current?.click()}>Import a setup…</Button>
        <input
          ref={chooser}
          type="file"
          accept=".json,application/json"
          aria-label="File of a setup"
          hidden
          onChange={({ currentTarget }) => {
            setFile(currentTarget.files?.[0] ?? null)
            // The same file can be chosen again.
            currentTarget.value = ''
          }}
        />
      </div>
      <div className={s['twin']}>
        <CommandLine command="holdfast settings export --to holdfast-setup.json" />
      </div>
      <Modal opened={file !== null} onClose={() => setFile(null)} title="Import a setup" size={1040} centered>
        {file !== null && <ImportForm file={file} onDone={() => setFile(null)} />}
      </Modal>
    </>
  )
}
