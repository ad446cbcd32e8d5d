import type { Backup } from '../../../shared/contract/backups.ts'
import { commandLine } from '../../../shared/domain/command-line.ts'
import { BackupId } from '../../ui/hash.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import * as Icon from '../../ui/icons.tsx'
import { CopyButton } from '../../ui/kit.ts'
import s from './pane.module.css'

interface Props {
  readonly backup: Backup
  readonly onOpen: (backupId: string) => void
}

/** Which backup it is, and the way to the ones before and after it. */
export function BackupHead({ backup: { backupId, newer, older }, onOpen }: Props) {
  return (
    <div className={s['top']}>
      <BackupId id={backupId} />
      <CopyButton value={commandLine([backupId])} timeout={1200}>
        {({ copied, copy }) => (
          <IconButton name={copied ? 'Copied' : 'Copy the id'} keys="Y" onClick={copy}>
            {copied ? <Icon.Check size={14} /> : <Icon.Copy size={14} />}
          </IconButton>
        )}
      </CopyButton>
      <span className={s['nav']}>
        <IconButton
          name="Newer backup"
          keys="["
          disabled={newer === null}
          onClick={() => newer !== null && onOpen(newer)}
        >
          <Icon.ArrowUp size={14} />
        </IconButton>
        <IconButton
          name="Older backup"
          keys="]"
          disabled={older === null}
          onClick={() => older !== null && onOpen(older)}
        >
          <Icon.ArrowUp size={14} style={{ transform: 'rotate(180deg)' }} />
        </IconButton>
      </span>
    </div>
  )
}
