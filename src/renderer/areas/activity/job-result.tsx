import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Job, JobResult } from '../../../shared/contract/jobs.ts'
import { bytesWords, countOf, countWords } from '../../../shared/domain/size-words.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { useDesk } from '../../lib/client.tsx'
import { useFleet } from '../../lib/use-fleet.ts'
import { CopyTable } from '../../ui/copy-table.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Facts, Section } from '../../ui/frame.tsx'
import { BackupId } from '../../ui/hash.tsx'
import * as Icon from '../../ui/icons.tsx'
import { Button } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Status, type Tone } from '../../ui/status.tsx'
import { RestoreInPlace, RolledBack } from '../../wizards/restore/result.tsx'
import { RollBack } from '../../wizards/restore/roll-back.tsx'
import { BackupLink } from '../backups/backup-link.tsx'
import { DrillResult } from './drill-result.tsx'
import { ToolWord } from './tool-word.tsx'
import s from './activity.module.css'

/** What a job came to, in its own terms. */
export function JobResultView({ job, result }: { readonly job: Job; readonly result: JobResult }) {
  switch (result.kind) {
    case 'verify':
      return <VerifyResult clusterId={job.clusterId} result={result} />
    case 'keyCheck':
      return <KeyCheckResult clusterId={job.clusterId} result={result} />
    case 'restore':
      return <RestoreResult job={job} result={result} />
    case 'rollback':
      return <RolledBack result={result} />
    case 'copy':
      return (
        <>
          <Section note={result.to}>Copied</Section>
          <p>
            {countOf(result.objects, 'object')} of backup <BackupId id={result.backupId} />: {result.written}{' '}
            written ({bytesWords(result.writtenBytes)}), the rest stood there already. All were read back.
          </p>
        </>
      )
    case 'prune':
      return <PruneResult result={result} />
    case 'drill':
      return <DrillResult result={result} />
    case 'snapshot':
      return <SnapshotResult clusterId={job.clusterId} result={result} />
  }
}

type Of<Kind extends JobResult['kind']> = Extract<JobResult, { kind: Kind }>

type NotGood = Of<'verify'>['notGood'][number]

const verdictWords: Readonly<Record<NotGood['verdict'], { readonly tone: Tone; readonly word: string }>> = {
  good: { tone: 'good', word: 'Good' },
  warning: { tone: 'warn', word: 'Warning' },
  bad: { tone: 'bad', word: 'Bad' },
  unknown: { tone: 'unknown', word: 'Not proved' },
}

function VerifyResult({
  clusterId,
  result,
}: {
  readonly clusterId: string | null
  readonly result: Of<'verify'>
}) {
  const columns = [
    {
      head: 'Verdict',
      text: ({ verdict }: NotGood) => verdictWords[verdict].word,
      cell: ({ verdict }: NotGood) => (
        <Status tone={verdictWords[verdict].tone}>{verdictWords[verdict].word}</Status>
      ),
    },
    {
      head: 'Backup',
      text: ({ backupId }: NotGood) => backupId,
      cell: ({ backupId }: NotGood) => <BackupLink clusterId={clusterId} backupId={backupId} />,
    },
    {
      head: 'Why',
      wrap: true,
      text: ({ code, message }: NotGood) => `${message} (${code})`,
      cell: ({ code, message }: NotGood) => (
        <span title={code}>
          <Printable text={message} />
        </span>
      ),
    },
  ]
  const { good, warning, bad, unknown } = result
  const notes = [
    `${countOf(result.objectsRead, 'object')}, ${bytesWords(result.bytesRead)} read`,
    ...(warning > 0 ? [`${countWords(warning)} with a warning`] : []),
    ...(bad > 0 ? [`${countWords(bad)} bad`] : []),
    ...(unknown > 0 ? [`${countWords(unknown)} not proved`] : []),
  ]
  return (
    <>
      {result.tool !== null && <ToolWord said={result.tool} />}
      <Section
        note={notes.join(', ')}
        end={
          result.notGood.length > 0 && <CopyTable name="not-good" columns={columns} rows={result.notGood} />
        }
      >
        {countWords(good)} of {countOf(result.backups, 'backup')} good
      </Section>
      {result.notGood.length > 0 && (
        <div className={s['verdicts']}>
          <DataTable
            label="Backups that are not good"
            columns={columns}
            rows={result.notGood}
            keyOf={({ backupId }) => backupId}
          />
        </div>
      )}
    </>
  )
}

function KeyCheckResult({
  clusterId,
  result,
}: {
  readonly clusterId: string | null
  readonly result: Of<'keyCheck'>
}) {
  type Row = Of<'keyCheck'>['backups'][number]
  const columns = [
    { head: 'Proof', text: (row: Row) => row.proof },
    {
      head: 'Backup',
      text: (row: Row) => row.backupId,
      cell: (row: Row) => <BackupLink clusterId={clusterId} backupId={row.backupId} />,
    },
    {
      head: 'Why',
      wrap: true,
      text: (row: Row) => row.reason,
      cell: (row: Row) => <Printable text={row.reason} />,
    },
  ]
  return (
    <>
      <Section
        end={
          result.backups.length > 0 && <CopyTable name="not-opened" columns={columns} rows={result.backups} />
        }
      >
        Opens {countOf(result.opens, 'backup')}
      </Section>
      {result.backups.length > 0 && (
        <div className={s['verdicts']}>
          <DataTable
            label="Backups that the keys do not open"
            columns={columns}
            rows={result.backups}
            keyOf={({ backupId }) => backupId}
          />
        </div>
      )}
    </>
  )
}

const clusterWords: Readonly<Record<Of<'snapshot'>['clusterSaid'], string>> = {
  made: 'that it is done',
  onlyLogged: 'that it noted the request',
  unknown: 'nothing that could be relied on',
}

function SnapshotResult({
  clusterId,
  result,
}: {
  readonly clusterId: string | null
  readonly result: Of<'snapshot'>
}) {
  const { backupId, verdict } = result
  return (
    <>
      <Section>{backupId === null ? 'No backup came of it' : 'In the repository'}</Section>
      <Facts
        of={[
          ['The cluster said', clusterWords[result.clusterSaid]],
          ...(backupId === null
            ? []
            : [['Backup', <BackupLink key="backup" clusterId={clusterId} backupId={backupId} />] as const]),
          ...(verdict === null
            ? []
            : [
                [
                  'Verdict',
                  <Status key="verdict" tone={verdictWords[verdict].tone}>
                    {verdictWords[verdict].word}
                  </Status>,
                ] as const,
              ]),
          ...result.facts.map(({ name, value }) => [printable(name), printable(value)] as const),
        ]}
      />
    </>
  )
}

function PruneResult({ result }: { readonly result: Of<'prune'> }) {
  const { backups, objects, freedBytes, goneBefore, stillThere } = result
  return (
    <>
      <Section>Deleted</Section>
      <p>
        {countOf(backups, 'backup')}: {countOf(objects, 'object')}, {bytesWords(freedBytes)}.
        {goneBefore > 0 && ` ${countOf(goneBefore, 'object')} had gone before.`} What is left has all that it
        needs.
      </p>
      {stillThere.length > 0 && (
        <>
          <Section>Still listed</Section>
          <ul>
            {stillThere.map((key) => (
              <li key={key}>
                <code>
                  <Printable text={key} />
                </code>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

function RestoreResult({ job, result }: { readonly job: Job; readonly result: Of<'restore'> }) {
  const navigate = useNavigate()
  const fleet = useFleet()
  const { data: targets = [] } = useQuery(useDesk().restore.targets.queryOptions())
  const [isAsking, setAsking] = useState(false)
  const mode = fleet?.find(({ cluster }) => cluster.id === job.clusterId)?.cluster.mode ?? 'normal'
  const target = targets.find(({ dir }) => dir === result.targetDir)
  const isGone = target !== undefined && !target.canRollBack
  return (
    <>
      <RestoreInPlace result={result} />
      {isGone ? (
        <p className={s['note']}>
          It cannot be taken back from here: something else was restored or rolled back in this folder since.
        </p>
      ) : (
        !isAsking && (
          <p className={s['back']}>
            <Button leftSection={<Icon.Undo size={14} />} onClick={() => setAsking(true)}>
              Roll back…
            </Button>
          </p>
        )
      )}
      {isAsking && (
        <div className={s['ask']}>
          <RollBack
            targetDir={result.targetDir}
            mode={mode}
            onCancel={() => setAsking(false)}
            onStarted={(id) => void navigate({ to: '/activity/jobs/$id', params: { id } })}
          />
        </div>
      )}
    </>
  )
}
