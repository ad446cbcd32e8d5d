import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { askWork, useWorkAsked } from '../../app/work-request.ts'
import { useDesk } from '../../lib/client.tsx'
import { CopyDialog } from './copy-dialog.tsx'
import { KeyCheckDialog } from './key-check-dialog.tsx'
import { VerifyDialog } from './verify-dialog.tsx'

/** Opens wherever a verification, a copy or a check of the keys was asked for; leads to its job. */
export function WorkQuestion() {
  const asked = useWorkAsked()
  const navigate = useNavigate()
  const { data: clusters } = useQuery(useDesk().clusters.list.queryOptions())
  const cluster = clusters?.find(({ id }) => id === asked?.clusterId)
  if (asked === null || cluster === undefined) return null
  const props = {
    cluster,
    onClose: () => askWork(null),
    onStarted: (id: string) => {
      askWork(null)
      void navigate({ to: '/activity/jobs/$id', params: { id } })
    },
  }
  switch (asked.kind) {
    case 'verify':
      return <VerifyDialog {...props} these={asked.these ?? null} recheck={asked.recheck ?? false} />
    case 'copy':
      return <CopyDialog {...props} backupId={asked.backupId} />
    case 'keyCheck':
      return <KeyCheckDialog {...props} />
  }
}
