import { useQuery } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import type { Chain } from '../../../shared/contract/backups.ts'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { bytesWords, countOf, countWords } from '../../../shared/domain/size-words.ts'
import { askWork, verifyBackup } from '../../app/work-request.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CopyTable } from '../../ui/copy-table.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { frame } from '../../ui/frame.tsx'
import { FindField } from '../../ui/find-field.tsx'
import { Button, SegmentedControl } from '../../ui/kit.ts'
import { ladderText } from '../../ui/ladder.tsx'
import { verdictWords } from '../chain/model/row-words.ts'
import { SnapshotButton } from '../masters/snapshot-button.tsx'
import { NoBackups } from './no-backups.tsx'
import { BackupList } from './backup-list.tsx'
import { BackupPane } from './backup-pane.tsx'
import { countByState, filterBackups, stateFilters, type StateFilter } from './model/filter-backups.ts'
import type { BackupsSearch } from './search.ts'
import { useBackupKeys } from './use-backup-keys.ts'
import s from './backups.module.css'

export interface BackupsScreenProps {
  readonly cluster: Cluster
  readonly search: BackupsSearch
  readonly onSearch: (change: BackupsSearch) => void
  readonly onMap: () => void
}

export function BackupsScreen(props: BackupsScreenProps) {
  const { cluster } = props
  const desk = useDesk()
  const chain = useQuery(desk.backups.chain.queryOptions({ input: { clusterId: cluster.id } }))
  if (chain.data !== undefined && chain.data.backups.length > 0)
    return <Loaded {...props} chain={chain.data} />
  return (
    <div className={frame.page}>
      {chain.data !== undefined ? (
        <NoBackups cluster={cluster} />
      ) : chain.isError ? (
        <ErrorPanel failure={failureOf(chain.error)} onRetry={() => void chain.refetch()} />
      ) : (
        <Empty reason="listing" title="Reading the backups." facts={[['Looking in', cluster.address]]} />
      )}
    </div>
  )
}

const filterWords: Readonly<Record<StateFilter, string>> = { all: 'All', ...verdictWords }

function Loaded({ cluster, search, onSearch, onMap, chain }: BackupsScreenProps & { readonly chain: Chain }) {
  const desk = useDesk()
  const settings = useQuery(desk.settings.get.queryOptions())
  const find = useRef<HTMLInputElement>(null)
  const state = search.state ?? 'all'
  const words = search.find ?? ''
  const counts = useMemo(() => countByState(chain), [chain])
  const shown = useMemo(() => filterBackups(chain, { state, words }), [chain, state, words])
  const selected = search.backup ?? shown[0]?.backupId ?? null
  useBackupKeys({
    chain,
    selected,
    find,
    onOpen: (backup) => onSearch({ backup }),
    onVerify: () => selected !== null && askWork(verifyBackup(cluster.id, selected)),
    onMap,
  })
  const isFiltered = shown.length < chain.backups.length
  return (
    <div className={s['split']}>
      <section className={s['list']} aria-label="Backups">
        <div className={s['bar']}>
          <SegmentedControl
            aria-label="Backups by state"
            data={stateFilters.map((value) => ({
              value,
              label: `${filterWords[value]}\u2002${countWords(counts[value])}`,
            }))}
            value={state}
            onChange={(value) =>
              onSearch({ state: stateFilters.find((one) => one === value && one !== 'all') })
            }
          />
          <FindField
            className={s['search']}
            label="Find a backup by day, id or object"
            placeholder="Day, id, object"
            words={words}
            field={find}
            onFind={(text) => onSearch({ find: text })}
          />
          <SnapshotButton cluster={cluster} size="xs" />
        </div>
        {shown.length === 0 ? (
          <Empty
            reason="filtered"
            title={`The filter hides all ${countOf(chain.backups.length, 'backup')}.`}
            action={<Button onClick={() => onSearch({ state: undefined, find: undefined })}>Show all</Button>}
          />
        ) : (
          <BackupList
            backups={shown}
            selected={selected}
            oldAfterMs={(settings.data?.reverifyAfterDays ?? 30) * 86_400_000}
            onSelect={(backup) => onSearch({ backup })}
          />
        )}
        <div className={s['foot']}>
          <span>
            {isFiltered ? `${countWords(shown.length)} of ${countOf(chain.backups.length, 'backup')}` : ''}
          </span>
          {isFiltered && shown.length > 0 && (
            <Button
              size="xs"
              variant="subtle"
              onClick={() =>
                askWork({
                  kind: 'verify',
                  clusterId: cluster.id,
                  these: {
                    backupIds: shown.map(({ backupId }) => backupId),
                    words: `The ${countOf(shown.length, 'backup')} that the filter shows`,
                  },
                })
              }
            >
              Verify these…
            </Button>
          )}
          <CopyTable
            name="backups"
            rows={shown}
            columns={[
              { head: 'State', text: ({ restorability }) => verdictWords[restorability] },
              { head: 'Backup', text: ({ backupId }) => backupId },
              { head: 'Made', text: ({ createdAt }) => createdAt ?? '' },
              { head: 'Size', text: ({ sizeBytes }) => (sizeBytes === null ? '' : bytesWords(sizeBytes)) },
              { head: 'Reached', text: ({ level, failedAt }) => ladderText(level, failedAt) },
              { head: 'Read', text: ({ verifiedAt }) => verifiedAt ?? 'never' },
            ]}
          />
        </div>
      </section>
      {selected !== null && (
        <BackupPane
          key={selected}
          cluster={cluster}
          chain={chain}
          backupId={selected}
          search={search}
          onSearch={onSearch}
        />
      )}
    </div>
  )
}
