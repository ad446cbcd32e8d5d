import type { Cluster } from '../../../shared/contract/clusters.ts'
import { useFleet } from '../../lib/use-fleet.ts'
import { CopyTable } from '../../ui/copy-table.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Button } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Status } from '../../ui/status.tsx'
import type { JudgedHealth } from '../../../shared/domain/cluster-health.ts'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { mastersWords } from '../masters/model/health-words.ts'

interface Props {
  readonly clusters: readonly Cluster[]
  readonly onPick: (id: string) => void
}

/** Which cluster is broken; worst first. */
export function ClusterPage({ clusters, onPick }: Props) {
  const fleet = useFleet() ?? []
  const columns: readonly Column<JudgedHealth<Cluster>>[] = [
    {
      head: 'Cluster',
      text: ({ cluster }) => cluster.name,
      cell: ({ cluster }) => (
        <b>
          <Printable text={cluster.name} />
        </b>
      ),
    },
    { head: 'System', text: ({ cluster }) => cluster.system },
    {
      head: 'Masters',
      text: ({ cluster }) => mastersText(cluster),
      cell: ({ cluster }) =>
        cluster.masters.state === 'none' ? (
          'not connected'
        ) : (
          <Status tone={mastersWords[cluster.masters.state].tone}>{mastersText(cluster)}</Status>
        ),
    },
    {
      head: 'Backups',
      text: ({ health }) => health.word,
      cell: ({ health }) => <Status tone={health.tone}>{health.word}</Status>,
    },
    {
      head: 'Runbook',
      text: () => '',
      cell: ({ cluster }) => (
        <Button
          size="xs"
          aria-label={`Recover ${cluster.name}`}
          onClick={(event) => {
            event.stopPropagation()
            onPick(cluster.id)
          }}
        >
          Recover…
        </Button>
      ),
      align: 'right',
    },
  ]
  return (
    <>
      <h2 className={w['pageTitle']}>Which cluster?</h2>
      <p className={w['lead']}>
        Holdfast then asks its masters and its repository what still lives, and answers the questions itself
        where it can.
        {clusters.length === 0 && ' There is none yet: add it first.'}
      </p>
      <div className={w['gap']} />
      <CopyTable name="clusters" columns={columns.slice(0, -1)} rows={fleet} />
      <DataTable
        label="Clusters"
        columns={columns}
        rows={fleet}
        keyOf={({ cluster }) => cluster.id}
        onOpen={({ cluster }) => onPick(cluster.id)}
      />
    </>
  )
}

function mastersText({ masters }: Cluster): string {
  return masters.state === 'none' ? 'not connected' : mastersWords[masters.state].word
}
