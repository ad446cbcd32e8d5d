import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { Button } from '../../ui/kit.ts'
import { VerifyDialog } from './verify-dialog.tsx'

interface Props {
  readonly cluster: Cluster
  readonly size?: 'xs' | 'sm'
  readonly variant?: 'default' | 'filled'
}

/** Opens the verification of a cluster's backups, which says its cost before it reads. */
export function VerifyButton({ cluster, size = 'sm', variant = 'default' }: Props) {
  const [isOpen, setOpen] = useState(false)
  const navigate = useNavigate()
  return (
    <>
      <Button size={size} variant={variant} onClick={() => setOpen(true)}>
        Verify…
      </Button>
      {isOpen && (
        <VerifyDialog
          cluster={cluster}
          backups={cluster.look?.backups ?? 0}
          these={null}
          onClose={() => setOpen(false)}
          onStarted={(id) => void navigate({ to: '/activity/jobs/$id', params: { id } })}
        />
      )}
    </>
  )
}
