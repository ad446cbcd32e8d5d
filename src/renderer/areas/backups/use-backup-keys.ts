import type { RefObject } from 'react'
import type { Chain } from '../../../shared/contract/backups.ts'
import { commandLine } from '../../../shared/domain/command-line.ts'
import { useSingleKeys } from '../../lib/single-keys.ts'

interface BackupKeys {
  readonly chain: Chain
  readonly selected: string | null
  readonly find: RefObject<HTMLInputElement | null>
  readonly onOpen: (backupId: string) => void
  readonly onVerify: () => void
  readonly onMap: () => void
}

/** `[` newer, `]` older, `Y` copies the id as a shell takes it, `/` finds, `V` verifies, `M` shows the chain map. */
export function useBackupKeys({ chain, selected, find, onOpen, onVerify, onMap }: BackupKeys): void {
  const at = chain.backups.findIndex(({ backupId }) => backupId === selected)
  const step = (by: number) => {
    const next = chain.backups[at + by]
    return at < 0 || next === undefined ? undefined : () => onOpen(next.backupId)
  }
  const copy = () => {
    // Whoever writes the bucket gives the name, and it is pasted into a terminal.
    if (selected !== null) void navigator.clipboard.writeText(commandLine([selected]))
  }
  useSingleKeys({
    '[': step(-1),
    ']': step(1),
    y: copy,
    Y: copy,
    v: onVerify,
    V: onVerify,
    m: onMap,
    M: onMap,
    '/': () => find.current?.focus(),
  })
}
