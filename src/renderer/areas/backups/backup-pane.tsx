import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Backup, Chain } from '../../../shared/contract/backups.ts'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { shortAgeWords } from '../../../shared/domain/size-words.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { frame } from '../../ui/frame.tsx'
import { BackupId } from '../../ui/hash.tsx'
import * as Icon from '../../ui/icons.tsx'
import { ActionIcon, Button, CopyButton, Tabs, UnstyledButton } from '../../ui/kit.ts'
import { useNow } from '../../ui/now.ts'
import { dayText } from '../chain/model/day-words.ts'
import { Printable } from '../../ui/printable.tsx'
import { Age } from '../../ui/time.tsx'
import { DrillButton } from '../drills/drill-button.tsx'
import { CopyDialog } from '../verify/copy-dialog.tsx'
import { VerifyDialog } from '../verify/verify-dialog.tsx'
import { CompareTab } from './compare-tab.tsx'
import { ContentsTab } from './contents-tab.tsx'
import { HistoryTab } from './history-tab.tsx'
import { ManifestTab } from './manifest-tab.tsx'
import { headlineOf, whyNoRestore } from './model/backup-words.ts'
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
  readonly onJob: (jobId: string) => void
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
  const { cluster, chain, backup, search, onSearch, onJob } = props
  const [dialog, setDialog] = useState<'verify' | 'recheck' | 'copy' | null>(null)
  const open = (backupId: string) => onSearch({ backup: backupId })
  const close = () => setDialog(null)
  return (
    <>
      <div className={s['top']}>
        <BackupId id={backup.backupId} />
        <CopyButton value={backup.backupId} timeout={1200}>
          {({ copied, copy }) => (
            <ActionIcon
              size={24}
              aria-label={copied ? 'Copied' : 'Copy the id'}
              title="Copy the id (Y)"
              onClick={copy}
            >
              {copied ? <Icon.Check size={14} /> : <Icon.Copy size={14} />}
            </ActionIcon>
          )}
        </CopyButton>
        <span className={s['nav']}>
          <Step to={backup.newer} words="Newer backup" keyName="[" onOpen={open} />
          <Step to={backup.older} words="Older backup" keyName="]" onOpen={open} />
        </span>
      </div>
      <h2 className={s['head']}>
        <Printable text={headlineOf(backup)} />
      </h2>
      <Actions
        cluster={cluster}
        backup={backup}
        onOpen={open}
        onVerify={() => setDialog('verify')}
        onCopy={() => setDialog('copy')}
      />

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
          <Stores {...props} onOpen={open} onReadAgain={() => setDialog('recheck')} />
        </Tabs.Panel>
        <Tabs.Panel value="manifest">
          <ManifestTab backup={backup} />
        </Tabs.Panel>
        <Tabs.Panel value="contents">
          <ContentsTab clusterId={cluster.id} backupId={backup.backupId} contents={backup.contents} />
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

      {(dialog === 'verify' || dialog === 'recheck') && (
        <VerifyDialog
          cluster={cluster}
          backups={chain.backups.length}
          these={{ backupIds: [backup.backupId], words: 'This backup' }}
          recheck={dialog === 'recheck'}
          onClose={close}
          onStarted={onJob}
        />
      )}
      {dialog === 'copy' && (
        <CopyDialog cluster={cluster} backupId={backup.backupId} onClose={close} onStarted={onJob} />
      )}
    </>
  )
}

function Step({
  to,
  words,
  keyName,
  onOpen,
}: {
  readonly to: string | null
  readonly words: string
  readonly keyName: '[' | ']'
  readonly onOpen: (backupId: string) => void
}) {
  return (
    <ActionIcon
      size={24}
      aria-label={words}
      title={`${words} (${keyName})`}
      disabled={to === null}
      onClick={() => to !== null && onOpen(to)}
    >
      <Icon.ArrowUp size={14} {...(keyName === ']' && { style: { transform: 'rotate(180deg)' } })} />
    </ActionIcon>
  )
}

interface ActionsProps {
  readonly cluster: Cluster
  readonly backup: Backup
  readonly onOpen: (backupId: string) => void
  readonly onVerify: () => void
  readonly onCopy: () => void
}

function Actions({ cluster, backup, onOpen, onVerify, onCopy }: ActionsProps) {
  const navigate = useNavigate()
  const nowMs = useNow()
  const off = whyNoRestore(backup)
  const { newestRestorable } = backup
  return (
    <>
      <div className={s['acts']}>
        {off === null ? (
          <Button
            onClick={() =>
              void navigate({
                to: '/clusters/$id/restore/$backupId',
                params: { id: cluster.id, backupId: backup.backupId },
              })
            }
          >
            Restore…
          </Button>
        ) : (
          <Button disabled aria-describedby="restore-off">
            Restore…
          </Button>
        )}
        <Button onClick={onVerify}>Verify…</Button>
        <DrillButton cluster={cluster} backupId={backup.backupId} />
        <Button onClick={onCopy}>Copy…</Button>
      </div>
      {backup.restoredAt !== null && (
        <p className={s['off']}>
          A drill restored it and read it back <Age at={backup.restoredAt} ago />.
        </p>
      )}
      {off === null && backup.restoreWarning !== null && (
        <p className={s['off']}>
          <Printable text={backup.restoreWarning} />
        </p>
      )}
      {off !== null && (
        <p id="restore-off" className={s['off']}>
          <Printable text={off} />{' '}
          {newestRestorable === null ? (
            'No other backup is proved to be restorable.'
          ) : (
            <>
              The newest restorable backup is{' '}
              <UnstyledButton
                className={frame.link}
                title={newestRestorable.backupId}
                onClick={() => onOpen(newestRestorable.backupId)}
              >
                {dayText(newestRestorable.createdAt, nowMs)},{' '}
                {shortAgeWords(nowMs - Date.parse(newestRestorable.createdAt))} old
              </UnstyledButton>
              .
            </>
          )}
        </p>
      )}
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
