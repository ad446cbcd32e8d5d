import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Job, JobResult } from '../../../shared/contract/jobs.ts'
import { commandLine } from '../../../shared/domain/command-line.ts'
import { bytesWords, countOf } from '../../../shared/domain/size-words.ts'
import { useFleet } from '../../lib/use-fleet.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { CopyAsText } from '../../ui/copy-text.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { frame, Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { RollBack } from '../../wizards/restore/roll-back.tsx'
import { useNavigate } from '@tanstack/react-router'

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
      return (
        <>
          <Section note={result.targetDir}>Back in place</Section>
          <p className="mono">{result.returned.join(', ') || 'nothing stood there before'}</p>
          <Aside moved={result.movedAside} />
        </>
      )
    case 'copy':
      return (
        <>
          <Section note={result.to}>Copied</Section>
          <p>
            {countOf(result.objects, 'object')} of backup <code>{result.backupId}</code>: {result.written}{' '}
            written ({bytesWords(result.writtenBytes)}), the rest stood there already. All were read back.
          </p>
        </>
      )
  }
}

type Of<Kind extends JobResult['kind']> = Extract<JobResult, { kind: Kind }>

function BackupLink({
  clusterId,
  backupId,
}: {
  readonly clusterId: string | null
  readonly backupId: string
}) {
  if (clusterId === null) return <code>{backupId}</code>
  return (
    <Link
      className={frame.link}
      to="/clusters/$id/backups"
      params={{ id: clusterId }}
      search={{ backup: backupId }}
    >
      <code>{backupId}</code>
    </Link>
  )
}

function VerifyResult({
  clusterId,
  result,
}: {
  readonly clusterId: string | null
  readonly result: Of<'verify'>
}) {
  const columns = [
    { head: 'Verdict', text: (row: Of<'verify'>['notGood'][number]) => row.verdict },
    {
      head: 'Backup',
      text: (row: Of<'verify'>['notGood'][number]) => row.backupId,
      cell: (row: Of<'verify'>['notGood'][number]) => (
        <BackupLink clusterId={clusterId} backupId={row.backupId} />
      ),
    },
    { head: 'Finding', text: (row: Of<'verify'>['notGood'][number]) => row.code },
    {
      head: 'Why',
      wrap: true,
      text: (row: Of<'verify'>['notGood'][number]) => row.message,
      cell: (row: Of<'verify'>['notGood'][number]) => <Printable text={row.message} />,
    },
  ]
  return (
    <>
      <Section
        note={`${countOf(result.objectsRead, 'object')}, ${bytesWords(result.bytesRead)} read`}
        end={result.notGood.length > 0 && <CopyAsText columns={columns} rows={result.notGood} />}
      >
        {result.good} of {countOf(result.backups, 'backup')} good
      </Section>
      {result.notGood.length > 0 && (
        <DataTable
          label="Backups that are not good"
          columns={columns}
          rows={result.notGood}
          keyOf={({ backupId }) => backupId}
        />
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
    {
      head: 'Backup',
      text: (row: Row) => row.backupId,
      cell: (row: Row) => <BackupLink clusterId={clusterId} backupId={row.backupId} />,
    },
    { head: 'Proof', text: (row: Row) => row.proof },
    {
      head: 'Why',
      wrap: true,
      text: (row: Row) => row.reason,
      cell: (row: Row) => <Printable text={row.reason} />,
    },
  ]
  return (
    <>
      <Section end={result.backups.length > 0 && <CopyAsText columns={columns} rows={result.backups} />}>
        Opens {countOf(result.opens, 'backup')}
      </Section>
      {result.backups.length > 0 && (
        <DataTable
          label="Backups that the keys do not open"
          columns={columns}
          rows={result.backups}
          keyOf={({ backupId }) => backupId}
        />
      )}
    </>
  )
}

function RestoreResult({ job, result }: { readonly job: Job; readonly result: Of<'restore'> }) {
  const navigate = useNavigate()
  const fleet = useFleet()
  const [isAsking, setAsking] = useState(false)
  const mode = fleet?.find(({ cluster }) => cluster.id === job.clusterId)?.cluster.mode ?? 'normal'
  return (
    <>
      <Section
        note={result.targetDir}
        end={
          !isAsking && (
            <Button size="xs" onClick={() => setAsking(true)}>
              Roll back…
            </Button>
          )
        }
      >
        In place
      </Section>
      <p className="mono">{result.items.map(({ name }) => name).join(', ')}</p>
      <Aside moved={result.movedAside} />
      <CommandLine
        label="The way back on the command line"
        command={commandLine(['holdfast', 'restore', '--rollback', '--target', result.targetDir])}
      />
      {isAsking && (
        <RollBack
          targetDir={result.targetDir}
          mode={mode}
          onCancel={() => setAsking(false)}
          onStarted={(id) => void navigate({ to: '/activity/jobs/$id', params: { id } })}
        />
      )}
    </>
  )
}

function Aside({ moved }: { readonly moved: readonly { readonly name: string; readonly to: string }[] }) {
  if (moved.length === 0) return null
  return (
    <ul>
      {moved.map(({ name, to }) => (
        <li key={name}>
          What stood as <b>{name}</b> is now <code>{to}</code>
        </li>
      ))}
    </ul>
  )
}
