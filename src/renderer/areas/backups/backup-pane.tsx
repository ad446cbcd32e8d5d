import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Backup, Chain } from '../../../shared/contract/backups.ts'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { askWork, verifyBackup } from '../../app/work-request.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { frame } from '../../ui/frame.tsx'
import { Tabs } from '../../ui/kit.ts'
import { useNow } from '../../ui/now.ts'
import { Printable } from '../../ui/printable.tsx'
import { BackupActs } from './backup-acts.tsx'
import { BackupHead } from './backup-head.tsx'
import { CompareTab } from './compare-tab.tsx'
import { ContentsTab } from './contents-tab.tsx'
import { HistoryTab } from './history-tab.tsx'
import { ManifestTab } from './manifest-tab.tsx'
import { headlineOf } from './model/backup-words.ts'
import { holderWords } from './model/holder-words.ts'
import { paneTabs, type BackupsSearch } from './search.ts'
import { StoresTab } from './stores-tab.tsx'
import s from './pane.module.css'

export interface BackupPaneProps {
  readonly cluster: Cluster
  readonly chain: Chain
  readonly backupId: string
  readonly search: BackupsSearch
  readonly onSearch: (change: BackupsSearch) => void
}

/** One backup: what it holds, what is proved of it, and what can be done with it. */
export function BackupPane(props: BackupPaneProps) {
  const desk = useDesk()
  const input = { clusterId: props.cluster.id, backupId: props.backupId }
  const backup = useQuery({ ...desk.backups.get.queryOptions({ input }), staleTime: 0 })
  return (
    <aside className={s['pane']} aria-label="Backup">
      {backup.data !== undefined ? (
        <Loaded {...props} backup={backup.data} />
      ) : backup.isError ? (
        <ErrorPanel failure={failureOf(backup.error)} onRetry={() => void backup.refetch()} />
      ) : (
        <Empty reason="listing" title="Reading what is known of this backup." />
      )}
    </aside>
  )
}

const tabWords = {
  stores: 'Stores',
  manifest: 'Manifest',
  contents: 'Contents',
  compare: 'Compare',
  history: 'History',
} as const

function Loaded(props: BackupPaneProps & { readonly backup: Backup }) {
  const { cluster, chain, backup, search, onSearch } = props
  const open = (backupId: string) => onSearch({ backup: backupId })
  return (
    <>
      <BackupHead backup={backup} onOpen={open} />
      <h2 className={s['head']}>
        <Printable text={headlineOf(backup)} />
      </h2>
      <BackupActs cluster={cluster} backup={backup} onOpen={open} />

      <Tabs
        classNames={{ root: s['tabs'] ?? '', list: s['tabList'] ?? '', tab: s['tab'] ?? '' }}
        value={search.tab ?? 'stores'}
        onChange={(value) => onSearch({ tab: paneTabs.find((tab) => tab === value && tab !== 'stores') })}
        keepMounted={false}
      >
        <Tabs.List>
          {paneTabs.map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {tabWords[tab]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="stores">
          <Stores
            {...props}
            onOpen={open}
            onReadAgain={() => askWork(verifyBackup(cluster.id, backup.backupId, true))}
          />
        </Tabs.Panel>
        <Tabs.Panel value="manifest">
          <ManifestTab
            backup={backup}
            view={search.manifest ?? 'tree'}
            onView={(manifest) => onSearch({ manifest: manifest === 'tree' ? undefined : manifest })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="contents">
          <ContentsTab
            clusterId={cluster.id}
            backupId={backup.backupId}
            contents={backup.contents}
            words={search.path ?? ''}
            onWords={(words) => onSearch({ path: words })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="compare">
          <CompareTab
            clusterId={cluster.id}
            backup={backup}
            chain={chain}
            otherId={search.with ?? null}
            onOther={(other) => onSearch({ with: other })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <HistoryTab clusterId={cluster.id} backupId={backup.backupId} />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

interface StoresProps extends BackupPaneProps {
  readonly backup: Backup
  readonly onOpen: (backupId: string) => void
  readonly onReadAgain: () => void
}

function Stores({ cluster, chain, backup, onOpen, onReadAgain }: StoresProps) {
  const desk = useDesk()
  const nowMs = useNow()
  const input = {
    clusterId: cluster.id,
    selection: { kind: 'some' as const, backupIds: [backup.backupId] },
    level: null,
    recheck: false,
  }
  const cost = useQuery(desk.verify.cost.queryOptions({ input }))
  return (
    <>
      <StoresTab
        backup={backup}
        backWords={(holder) => holderWords(chain, { backupId: backup.backupId, holder, nowMs })}
        onOpenBackup={onOpen}
        onReadAgain={onReadAgain}
        chainLink={(key) => (
          <Link
            className={frame.link}
            to="/clusters/$id/chain"
            params={{ id: cluster.id }}
            search={{ object: key }}
          >
            Show in chain map
          </Link>
        )}
      />
      {cost.data !== undefined && (
        <div className={s['twin']}>
          <CommandLine command={cost.data.commandLine} />
        </div>
      )}
    </>
  )
}
