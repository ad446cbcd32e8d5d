import type { DrillView } from '../../../shared/contract/drills.ts'
import { drillPhaseWords, tookWords } from '../../../shared/domain/drill.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { CopyTable } from '../../ui/copy-table.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Section } from '../../ui/frame.tsx'
import { Status } from '../../ui/status.tsx'
import { Moment } from '../../ui/time.tsx'
import { BackupLink } from '../backups/backup-link.tsx'
import { againstWords, drillWord } from './model/drill-words.ts'
import s from './drills.module.css'

const byWords: Readonly<Record<DrillView['by'], string>> = {
  job: 'here',
  command: 'command line',
  runbook: 'runbook X-6',
}

/** In the copied text alone: there is no room for it. */
const from = 'From'

/** Every drill in words and figures: what the picture above it shows, and more. */
export function DrillTable({
  drills,
  targetMs,
  clusterId,
}: {
  readonly drills: readonly DrillView[]
  readonly targetMs: number | null
  readonly clusterId: string
}) {
  const columns: readonly Column<DrillView>[] = [
    {
      head: 'When (UTC)',
      text: ({ finishedAt }) => finishedAt,
      cell: ({ finishedAt }) => <Moment at={finishedAt} />,
    },
    {
      head: 'Result',
      text: ({ outcome }) => drillWord(outcome.kind).word,
      cell: ({ outcome }) => (
        <Status tone={drillWord(outcome.kind).tone}>{drillWord(outcome.kind).word}</Status>
      ),
    },
    {
      head: 'Measured',
      align: 'right',
      text: ({ rtoMs }) => (rtoMs === null ? '–' : tookWords(rtoMs)),
    },
    {
      head: 'Target',
      text: (drill) => againstWords(drill, targetMs).word,
      cell: (drill) => {
        const { tone, word } = againstWords(drill, targetMs)
        return tone === 'none' ? word : <Status tone={tone}>{word}</Status>
      },
    },
    {
      head: 'Backup',
      text: ({ backupId }) => backupId,
      cell: ({ backupId }) => <BackupLink clusterId={clusterId} backupId={backupId} />,
    },
    { head: from, text: ({ by }) => byWords[by] },
    {
      head: 'Parts',
      wrap: true,
      text: ({ phases }) =>
        phases.map(({ name, tookMs }) => `${drillPhaseWords[name]} ${tookWords(tookMs)}`).join(', '),
    },
  ]
  return (
    <>
      <Section
        note={countOf(drills.length, 'drill')}
        end={<CopyTable name="drills" columns={columns} rows={drills} />}
      >
        All drills
      </Section>
      <div className={s['table']}>
        <DataTable
          label="Drills, newest first"
          columns={columns.filter(({ head }) => head !== from)}
          rows={drills}
          keyOf={({ id }) => id}
        />
      </div>
    </>
  )
}
