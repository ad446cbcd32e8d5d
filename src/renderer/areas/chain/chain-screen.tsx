import { useQuery } from '@tanstack/react-query'
import { useCallback, useDeferredValue, useMemo, useState } from 'react'
import type { Chain, StoreRow } from '../../../shared/contract/backups.ts'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { bytesWords, countOf, countWords, spanWords } from '../../../shared/domain/size-words.ts'
import { askWork } from '../../app/work-request.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { useSingleKeys } from '../../lib/single-keys.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { CopyTable } from '../../ui/copy-table.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Empty } from '../../ui/empty.tsx'
import { frame } from '../../ui/frame.tsx'
import { SegmentedControl } from '../../ui/kit.ts'
import { useNow } from '../../ui/now.ts'
import { NoBackups } from '../backups/no-backups.tsx'
import { MapGrid } from './map-grid.tsx'
import { indexChain, type ChainBackup, type ChainIndex } from './model/chain-index.ts'
import { drawnChain } from './model/drawn-chain.ts'
import { foldedFrom, rareStores } from './model/fold-rows.ts'
import { mapText } from './model/row-words.ts'
import { foldWords } from './model/sentences.ts'
import { NothingSelected, ObjectPanel } from './object-panel.tsx'
import { Legend } from './object-shape.tsx'
import type { ChainSearch } from './search.ts'
import s from './chain.module.css'

export interface ChainScreenProps {
  readonly cluster: Cluster
  readonly search: ChainSearch
  readonly onSearch: (change: ChainSearch) => void
  readonly onOpenBackup: (backupId: string) => void
}

export function ChainScreen(props: ChainScreenProps) {
  const desk = useDesk()
  const chain = useQuery(desk.backups.chain.queryOptions({ input: { clusterId: props.cluster.id } }))
  if (chain.data !== undefined && chain.data.backups.length > 0)
    return <Loaded {...props} chain={chain.data} />
  return (
    <div className={frame.page}>
      {chain.data !== undefined ? (
        <NoBackups cluster={props.cluster} />
      ) : chain.isError ? (
        <ErrorPanel failure={failureOf(chain.error)} onRetry={() => void chain.refetch()} />
      ) : (
        <Empty
          reason="listing"
          title="Reading what holds what."
          facts={[['Looking in', props.cluster.address]]}
        />
      )}
    </div>
  )
}

function Loaded({
  cluster,
  search,
  onSearch,
  onOpenBackup,
  chain,
}: ChainScreenProps & { readonly chain: Chain }) {
  const desk = useDesk()
  const nowMs = useNow()
  const settings = useQuery(desk.settings.get.queryOptions())
  const index = useMemo(() => indexChain(chain), [chain])
  const map = useMemo(() => {
    const drawn = drawnChain(chain)
    return drawn === chain ? index : indexChain(drawn)
  }, [chain, index])
  const [rows, setRows] = useState(chain.backups.length)
  const verifyAll = () => askWork({ kind: 'verify', clusterId: cluster.id })
  useSingleKeys({ v: verifyAll, V: verifyAll })
  const isLarge = chain.backups.length >= foldedFrom
  const folded = isLarge && search.rows !== 'all'
  const selected = useMemo(
    () => index.holdings.find(({ object }) => object.key === search.object)?.at ?? null,
    [index, search.object],
  )
  const onMap = useMemo(
    () => map.holdings.find(({ object }) => object.key === search.object)?.at ?? null,
    [map, search.object],
  )
  // The map answers first, the panel right after it.
  const shown = useDeferredValue(selected)
  const view = search.view ?? 'state'
  const onSelect = useCallback(
    (at: number | null) => onSearch({ object: at === null ? undefined : chain.objects[at]?.key }),
    [chain, onSearch],
  )
  const onSelectOnMap = useCallback(
    (at: number | null) => onSearch({ object: at === null ? undefined : map.chain.objects[at]?.key }),
    [map, onSearch],
  )
  const present = useMemo(() => new Set(chain.objects.map(({ state }) => state)), [chain])
  return (
    <div className={s['split']}>
      <section className={s['map']} aria-label="Chain map">
        <div className={s['bar']}>
          <Summary
            cluster={cluster}
            chain={chain}
            rows={folded ? rows : null}
            lanes={map.chain.stores.length}
          />
          <SegmentedControl
            aria-label="What the map shows of an object"
            data={[
              { value: 'state', label: 'State' },
              { value: 'size', label: 'Size' },
              { value: 'age', label: 'Age of proof' },
            ]}
            value={view}
            onChange={(value) => onSearch({ view: value === 'size' || value === 'age' ? value : undefined })}
          />
          {isLarge && (
            <SegmentedControl
              aria-label="Rows"
              data={[
                { value: 'folded', label: 'Folded' },
                { value: 'all', label: 'All rows' },
              ]}
              value={folded ? 'folded' : 'all'}
              onChange={(value) => onSearch({ rows: value === 'all' ? 'all' : undefined })}
            />
          )}
          <CopyTable name="chain" columns={mapText(index, nowMs)} rows={[...chain.backups.keys()]} />
        </div>
        <MapGrid
          index={map}
          view={view}
          folded={folded}
          hasOverview={isLarge}
          selected={onMap}
          // Ages in cells are read to the minute: a row need not be made again every ten seconds.
          nowMs={nowMs - (nowMs % 60_000)}
          oldAfterMs={(settings.data?.reverifyAfterDays ?? 30) * 86_400_000}
          onSelect={onSelectOnMap}
          onOpen={onOpenBackup}
          onRows={setRows}
        />
        <Legend
          present={present}
          folded={folded}
          hint={folded ? 'Space opens a fold' : 'Click an object for what hangs on it'}
        />
      </section>
      {shown === null ? (
        <NothingSelected index={index} onSelect={onSelect} />
      ) : (
        <Selected
          cluster={cluster}
          index={index}
          at={shown}
          nowMs={nowMs}
          onVerify={({ backupId }) =>
            askWork({
              kind: 'verify',
              clusterId: cluster.id,
              these: { backupIds: [backupId], words: 'The backup that holds this object' },
              recheck: true,
            })
          }
          onOpenBackup={onOpenBackup}
        />
      )}
    </div>
  )
}

/** Sentences before figures: how many, what sharing saves, and what it takes to prove all. */
function Summary({
  cluster,
  chain,
  rows,
  lanes,
}: {
  readonly cluster: Cluster
  readonly chain: Chain
  readonly rows: number | null
  /** How many stores are drawn. */
  readonly lanes: number
}) {
  const desk = useDesk()
  const input = { clusterId: cluster.id, selection: { kind: 'all' }, level: null, recheck: true } as const
  const cost = useQuery({ ...desk.verify.cost.queryOptions({ input }), enabled: rows === null })
  const rare = useMemo(() => (rows === null ? [] : rareStores(chain)), [chain, rows])
  return (
    <p>
      <b>
        {countOf(chain.backups.length, 'backup')}, {countOf(chain.objects.length, 'object')}.
      </b>{' '}
      {lanes < chain.stores.length &&
        `${lanes} of ${countWords(chain.stores.length)} stores are drawn, those with a lost object first; every backup lists all of its own. `}
      {rows !== null &&
        foldWords(
          rows,
          rare.map((store) => chain.stores[store] ?? ''),
        )}
      {rows === null &&
        chain.sharesObjects &&
        `${bytesWords(chain.storedBytes)} stored instead of ${bytesWords(chain.withoutSharingBytes)}. `}
      {rows === null &&
        cost.data !== undefined &&
        `Reading each object once proves all ${countWords(chain.backups.length)}${
          cost.data.estimateMs === null ? '' : `, about ${spanWords(cost.data.estimateMs)}`
        }.`}
    </p>
  )
}

interface SelectedProps {
  readonly cluster: Cluster
  readonly index: ChainIndex
  readonly at: number
  readonly nowMs: number
  readonly onVerify: (backup: ChainBackup) => void
  readonly onOpenBackup: (backupId: string) => void
}

function Selected({ cluster, index, at, nowMs, onVerify, onOpenBackup }: SelectedProps) {
  const desk = useDesk()
  const holding = index.holdings[at]
  // Its holder may be gone; any backup that points to it tells the same of it.
  const of = index.chain.backups[holding?.users.at(-1) ?? -1]?.backupId
  const backup = useQuery({
    ...desk.backups.get.queryOptions({ input: { clusterId: cluster.id, backupId: of ?? '' } }),
    enabled: of !== undefined,
  })
  const input = {
    clusterId: cluster.id,
    selection: { kind: 'some' as const, backupIds: [of ?? ''] },
    level: null,
    recheck: true,
  }
  const cost = useQuery({ ...desk.verify.cost.queryOptions({ input }), enabled: of !== undefined })
  const detail: StoreRow | null = backup.data?.stores.find(({ key }) => key === holding?.object.key) ?? null
  return (
    <ObjectPanel
      system={cluster.system}
      index={index}
      at={at}
      nowMs={nowMs}
      detail={detail}
      onVerify={onVerify}
      onOpenBackup={(one) => onOpenBackup(one.backupId)}
      twin={cost.data && <CommandLine command={cost.data.commandLine} />}
    />
  )
}
