import { useNavigate } from '@tanstack/react-router'
import type { Backup } from '../../../shared/contract/backups.ts'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { shortAgeWords } from '../../../shared/domain/size-words.ts'
import { askWork, verifyBackup } from '../../app/work-request.ts'
import { frame } from '../../ui/frame.tsx'
import { BackupId } from '../../ui/hash.tsx'
import { Hinted } from '../../ui/hint.tsx'
import { Button, UnstyledButton } from '../../ui/kit.ts'
import { useNow } from '../../ui/now.ts'
import { Printable } from '../../ui/printable.tsx'
import { Age } from '../../ui/time.tsx'
import { dayText } from '../chain/model/day-words.ts'
import { DrillButton } from '../drills/drill-button.tsx'
import { whyNoRestore } from './model/backup-words.ts'
import s from './pane.module.css'

interface Props {
  readonly cluster: Cluster
  readonly backup: Backup
  readonly onOpen: (backupId: string) => void
}

/** What can be done with a backup, and why a restore of it cannot begin. */
export function BackupActs({ cluster, backup, onOpen }: Props) {
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
        <Button onClick={() => askWork(verifyBackup(cluster.id, backup.backupId))}>Verify…</Button>
        <DrillButton cluster={cluster} backupId={backup.backupId} />
        <Button onClick={() => askWork({ kind: 'copy', clusterId: cluster.id, backupId: backup.backupId })}>
          Copy…
        </Button>
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
              <Hinted label={<BackupId id={newestRestorable.backupId} />}>
                {(target) => (
                  <UnstyledButton
                    {...target}
                    className={frame.link}
                    onClick={() => onOpen(newestRestorable.backupId)}
                  >
                    {dayText(newestRestorable.createdAt, nowMs)},{' '}
                    {shortAgeWords(nowMs - Date.parse(newestRestorable.createdAt))} old
                  </UnstyledButton>
                )}
              </Hinted>
              .
            </>
          )}
        </p>
      )}
    </>
  )
}
