import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Chain } from '../../../shared/contract/backups.ts'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { Button, TextInput } from '../../ui/kit.ts'
import { BackupId } from '../../ui/hash.tsx'
import { Size } from '../../ui/size.tsx'
import { Status } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { targetFault, type Draft } from './draft.ts'
import s from './restore.module.css'

interface Props {
  readonly cluster: Cluster
  readonly draft: Draft
  readonly onChoose: (change: Partial<Pick<Draft, 'backupId' | 'targetDir'>>) => void
}

type Row = Chain['backups'][number]

/** More are found by typing a part of their id. */
const rowsShown = 40

/** Which backup, and where to. */
export function ChooseStep({ cluster, draft, onChoose }: Props) {
  const desk = useDesk()
  const [find, setFind] = useState('')
  const chain = useQuery(desk.backups.chain.queryOptions({ input: { clusterId: cluster.id } }))
  const targets = useQuery(desk.restore.targets.queryOptions())
  const found = (chain.data?.backups ?? []).filter(({ backupId }) => backupId.includes(find.trim()))
  const fault = targetFault(draft.targetDir)
  return (
    <>
      <h2 className={w['pageTitle']}>Which backup, and where to?</h2>
      <p className={w['lead']}>
        Nothing is written before you have seen the plan and typed the name that confirms it.
      </p>
      <Section note="on this computer">Target folder</Section>
      <div className={s['target']}>
        <TextInput
          label="Path"
          placeholder="/srv/restore"
          value={draft.targetDir}
          onChange={(event) => onChoose({ targetDir: event.currentTarget.value })}
          error={draft.targetDir !== '' && fault}
          description="What stands there under the stores’ names is kept aside; everything else stays as it is."
          spellCheck={false}
          autoComplete="off"
        />
        {(targets.data ?? []).length > 0 && (
          <p className={s['earlier']}>
            Earlier:
            {targets.data?.slice(0, 4).map(({ dir }) => (
              <Button key={dir} size="xs" variant="subtle" onClick={() => onChoose({ targetDir: dir })}>
                {dir}
              </Button>
            ))}
          </p>
        )}
      </div>
      <Section
        end={
          <TextInput
            aria-label="Find by id"
            placeholder="Part of an id"
            value={find}
            onChange={(event) => setFind(event.currentTarget.value)}
            w={220}
          />
        }
      >
        Backup
      </Section>
      {chain.isError && <ErrorPanel failure={failureOf(chain.error)} onRetry={() => void chain.refetch()} />}
      <fieldset className={s['choices']}>
        <legend className={s['hidden']}>Backup</legend>
        {found.slice(0, rowsShown).map((row) => (
          <BackupChoice
            key={row.backupId}
            row={row}
            isChosen={row.backupId === draft.backupId}
            onPick={() => onChoose({ backupId: row.backupId })}
          />
        ))}
      </fieldset>
      {found.length > rowsShown && (
        <p className={s['more']}>{found.length - rowsShown} older ones: type a part of their id.</p>
      )}
    </>
  )
}

const words = {
  restorable: { tone: 'good', word: 'Restorable' },
  notRestorable: { tone: 'bad', word: 'Not restorable' },
  notProved: { tone: 'unknown', word: 'Not proved' },
} as const

function BackupChoice({
  row,
  isChosen,
  onPick,
}: {
  readonly row: Row
  readonly isChosen: boolean
  readonly onPick: () => void
}) {
  const { tone, word } = words[row.restorability]
  const isOff = row.restorability === 'notRestorable'
  return (
    <label className={s['choice']} data-chosen={isChosen || undefined} data-off={isOff || undefined}>
      <input type="radio" name="backup" checked={isChosen} disabled={isOff} onChange={onPick} />
      <Status tone={tone}>{word}</Status>
      <BackupId id={row.backupId} dim />
      <span>{row.createdAt === null ? 'time unknown' : <Age at={row.createdAt} ago />}</span>
      <Size bytes={row.sizeBytes} />
      <small>
        {isOff
          ? (row.finding?.message ?? 'It cannot be restored.')
          : row.restorability === 'notProved'
            ? 'The check reads what is not proved yet.'
            : ''}
      </small>
    </label>
  )
}
