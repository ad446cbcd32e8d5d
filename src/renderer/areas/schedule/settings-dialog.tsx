import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { ClusterSetting } from '../../../shared/contract/masters.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { useDesk } from '../../lib/client.tsx'
import type { Client } from '../../lib/client-types.ts'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { Dash, Dashed } from '../../ui/dashed.tsx'
import { CopyTable } from '../../ui/copy-table.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, DialogFoot, Modal, Select, TextInput } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { ReasonField, useReason } from '../../ui/reason-field.tsx'
import { clusterSettingsCommand } from './model/commands.ts'
import { changesIn, settingWords } from './model/schedule-words.ts'
import { NextTimes } from './next-times.tsx'
import s from './schedule.module.css'

type ShownChange = Awaited<ReturnType<Client['masters']['previewSettings']>>['rows'][number]

interface Props {
  readonly cluster: Cluster
  readonly settings: readonly ClusterSetting[]
  readonly onClose: () => void
}

/** Changes the cluster's own settings: first what they would come to, then exactly that. */
export function SettingsDialog({ cluster, settings, onClose }: Props) {
  const desk = useDesk()
  const queries = useQueryClient()
  const changeable = settings.filter((each) => each.canChange && each.kind !== 'secret')
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(changeable.map(({ name, value }) => [name, value ?? ''])),
  )
  const reason = useReason(cluster.mode)
  const changes = changesIn(changeable, typed)
  const isChanged = Object.keys(changes).length > 0
  const preview = useMutation(desk.masters.previewSettings.mutationOptions())
  const keep = useMutation(
    desk.masters.changeSettings.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: desk.masters.schedule.key() })
        onClose()
      },
      // The preview is of what was there then.
      onError: () => preview.reset(),
    }),
  )
  const shown = preview.data
  const columns: readonly Column<ShownChange>[] = [
    { head: 'Setting', text: ({ label }) => label },
    {
      head: 'Now',
      wrap: true,
      text: ({ name, before }) => wordsOf(settings, name, before),
      cell: ({ name, before }) => <Value of={settings} name={name} value={before} />,
    },
    {
      head: 'Then',
      wrap: true,
      text: ({ name, after }) => wordsOf(settings, name, after),
      cell: ({ name, after }) => <Value of={settings} name={name} value={after} />,
    },
  ]
  const change = (name: string, value: string): void => {
    setTyped({ ...typed, [name]: value })
    preview.reset()
    keep.reset()
  }
  return (
    <Modal opened onClose={onClose} title={`Settings of ${printable(cluster.name)}`} size={620}>
      <form
        className={s['form']}
        onSubmit={(event) => {
          event.preventDefault()
          keep.reset()
          preview.mutate({ id: cluster.id, changes })
        }}
      >
        {changeable.map((setting) => (
          <SettingField
            key={setting.name}
            setting={setting}
            value={typed[setting.name] ?? ''}
            onChange={(value) => change(setting.name, value)}
          />
        ))}
        {shown === undefined && (
          <DialogFoot note="Nothing is changed by looking.">
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="filled" disabled={!isChanged} loading={preview.isPending}>
              Preview
            </Button>
          </DialogFoot>
        )}
      </form>
      {preview.isError && <ErrorLine failure={failureOf(preview.error)} />}
      {keep.isError && <ErrorLine failure={failureOf(keep.error)} />}
      {shown !== undefined && (
        <section className={s['preview']} aria-label="What it comes to">
          <CopyTable name="changes" columns={columns} rows={shown.rows} />
          <DataTable label="Changes" keyOf={({ name }) => name} rows={shown.rows} columns={columns} />
          {shown.effects.length > 0 && (
            <Dashed>
              {shown.effects.map((sentence) => (
                <Dash key={sentence}>
                  <Printable text={sentence} />
                </Dash>
              ))}
            </Dashed>
          )}
          {shown.next.length > 0 && (
            <div className={s['next']}>
              <h3>It would then be taken at</h3>
              <NextTimes next={shown.next} />
            </div>
          )}
          <ReasonField of={reason} />
          <CommandLine apart command={clusterSettingsCommand(cluster.name, changes, shown.hash, reason)} />
          <DialogFoot note="Written into the cluster’s own configuration, exactly as it stands here.">
            <Button onClick={onClose} data-autofocus>
              Cancel
            </Button>
            <Button
              variant="filled"
              disabled={reason.isMissing}
              loading={keep.isPending}
              onClick={() =>
                keep.mutate({
                  id: cluster.id,
                  changes,
                  hash: shown.hash,
                  ...reason.sent,
                })
              }
            >
              Keep
            </Button>
          </DialogFoot>
        </section>
      )}
    </Modal>
  )
}

function wordsOf(settings: readonly ClusterSetting[], name: string, value: string | null): string {
  const setting = settings.find((each) => each.name === name)
  return printable(setting === undefined ? (value ?? 'None') : settingWords(setting, value))
}

function Value({
  of,
  name,
  value,
}: {
  readonly of: readonly ClusterSetting[]
  readonly name: string
  readonly value: string | null
}) {
  const words = wordsOf(of, name, value)
  const isCron = of.find((each) => each.name === name)?.kind === 'cron' && value !== null
  return isCron ? <code>{words}</code> : words
}

interface FieldProps {
  readonly setting: ClusterSetting
  readonly value: string
  readonly onChange: (value: string) => void
}

function SettingField({ setting: { kind, label, help, choices }, value, onChange }: FieldProps) {
  if (kind === 'choice') {
    return (
      <Select
        label={label}
        description={help}
        data={choices.map((choice) => ({ ...choice }))}
        value={value === '' ? null : value}
        onChange={(next) => onChange(next ?? '')}
      />
    )
  }
  return (
    <TextInput
      label={label}
      description={kind === 'cron' ? `${help} Empty: none.` : help}
      placeholder={kind === 'cron' ? '0 2 * * *' : ''}
      inputMode={kind === 'days' ? 'numeric' : 'text'}
      rightSection={kind === 'days' ? 'days' : undefined}
      rightSectionWidth={48}
      classNames={{ input: s['mono'] ?? '' }}
      autoComplete="off"
      spellCheck={false}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
