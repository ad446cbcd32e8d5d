import { Link } from '@tanstack/react-router'
import { frame } from '../../ui/frame.tsx'
import { BackupId } from '../../ui/hash.tsx'

interface Props {
  /** Null: of no cluster that is kept here, so there is no page of it. */
  readonly clusterId: string | null
  readonly backupId: string
}

/** A backup by its id, a press away. */
export function BackupLink({ clusterId, backupId }: Props) {
  if (clusterId === null) return <BackupId id={backupId} />
  return (
    <Link
      className={frame.link}
      to="/clusters/$id/backups"
      params={{ id: clusterId }}
      search={{ backup: backupId }}
    >
      <BackupId id={backupId} />
    </Link>
  )
}
