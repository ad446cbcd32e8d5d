import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { usePageAct } from '../../app/page-act.ts'
import { Button } from '../../ui/kit.ts'
import { DrillDialog } from './drill-dialog.tsx'

interface Props {
  readonly cluster: Cluster
  /** Left out: the newest one that can be drilled. */
  readonly backupId?: string
  readonly variant?: 'default' | 'filled'
}

/** Opens the question whether to drill, which says what that reads and writes before it starts. */
export function DrillButton({ cluster, backupId, variant = 'default' }: Props) {
  const [isOpen, setOpen] = useState(false)
  const navigate = useNavigate()
  usePageAct('drills.start', (id) => {
    if (id !== cluster.id) return false
    setOpen(true)
    return true
  })
  return (
    <>
      <Button variant={variant} onClick={() => setOpen(true)}>
        Drill…
      </Button>
      {isOpen && (
        <DrillDialog
          cluster={cluster}
          backupId={backupId ?? null}
          onClose={() => setOpen(false)}
          onStarted={(id) => void navigate({ to: '/activity/jobs/$id', params: { id } })}
        />
      )}
    </>
  )
}
