import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Chain } from '../../../shared/contract/backups.ts'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { countOf, countWords } from '../../../shared/domain/size-words.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { BackupId } from '../../ui/hash.tsx'
import { Button, TextInput } from '../../ui/kit.ts'
import { Ladder } from '../../ui/ladder.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Size } from '../../ui/size.tsx'
import { Status } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import type { Draft } from './draft.ts'
import { TargetFolder } from './target-folder.tsx'
import s from './restore.module.css'

interface Props {
  readonly cluster: Cluster
  readonly draft: Draft
  readonly onChoose: (change: Partial<Pick<Draft, 'backupId' | 'targetDir'>>) => void
}

type Row = Chain['backups'][number]

/** More are shown on demand, or found by typing a part of their id. */
const rowsShown = 40

/** Which backup, and where to. */
export function ChooseStep({ cluster, draft, onChoose }: Props) {
  const desk = useDesk()
  const [find, setFind] = useState('')
  const [most, setMost] = useState(rowsShown)
  const chain = useQuery(desk.backups.chain.queryOptions({ input: { clusterId: cluster.id } }))
  const rows = newestRestorableFirst(chain.data?.backups ?? [])
  const found = rows.filter(({ backupId }) => backupId.toLowerCase().includes(find.trim().toLowerCase()))
  const shown = found.slice(0, most)
  const chosen = rows.find(({ backupId }) => backupId === draft.backupId)
  const isHidden = chosen !== undefined && !shown.includes(chosen)
  return (
    <>
      <h2 className={w['pageTitle']}>Which backup, and where to?</h2>
      <p className={w['lead']}>
        Nothing is written before you have seen the plan and typed the name that confirms it.{' '}
        {cluster.mode === 'readOnly' &&
          'The cluster is read-only: the plan can be looked at, and is not run before the cluster has another mode.'}
      </p>
      <TargetFolder
        clusterId={cluster.id}
        value={draft.targetDir}
        onChange={(targetDir) => onChoose({ targetDir })}
      />
      <Section
        note={backupNote(chain.data?.backups ?? [])}
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
        {(isHidden ? [chosen, ...shown] : shown).map((row) => (
          <BackupChoice
            key={row.backupId}
            row={row}
            isChosen={row.backupId === draft.backupId}
            onPick={() => onChoose({ backupId: row.backupId })}
          />
        ))}
      </fieldset>
      {chain.data !== undefined && found.length === 0 && (
        <p className={s['more']}>
          {rows.length === 0 ? 'No backup is in the repository.' : 'No id has these letters.'}
        </p>
      )}
      {found.length > most && (
        <p className={s['more']}>
          <Button size="xs" onClick={() => setMost((before) => before + 10 * rowsShown)}>
            Show older ones
          </Button>{' '}
          {countOf(found.length - most, 'older backup')}
        </p>
      )}
    </>
  )
}

/** The one to take stands where it is seen, however many newer ones cannot be restored. */
function newestRestorableFirst(rows: readonly Row[]): readonly Row[] {
  const place = rows.findIndex(({ restorability }) => restorability === 'restorable')
  const newest = rows[place]
  return newest === undefined ? rows : [newest, ...rows.toSpliced(place, 1)]
}

/** Where the newest one is not the one to take, that is said before anything else is read. */
function backupNote(rows: readonly Row[]): string {
  const place = rows.findIndex(({ restorability }) => restorability === 'restorable')
  if (place < 0) return rows.length === 0 ? '' : 'none of them is known to be restorable'
  if (place === 0) return 'newest first'
  return `the newest restorable one first; ${countWords(place)} newer ${place === 1 ? 'one is' : 'ones are'} not known to be restorable`
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
      <span className={s['id']}>
        <BackupId id={row.backupId} dim />
      </span>
      <span className={s['age']}>
        {row.createdAt === null ? 'time unknown' : <Age at={row.createdAt} ago plain />}
      </span>
      <span className={s['size']}>
        <Size bytes={row.sizeBytes} />
      </span>
      <small>
        {isOff ? (
          <Printable text={row.finding?.message ?? 'It cannot be restored.'} />
        ) : row.restorability === 'notProved' ? (
          'The check reads what is not proved yet.'
        ) : (
          <Ladder reached={row.level} failedAt={row.failedAt} notProvable={row.notProvable} />
        )}
      </small>
    </label>
  )
}
