import { Link } from '@tanstack/react-router'
import type { RunSummary } from '../../../shared/contract/runbooks.ts'
import { frame } from '../../ui/frame.tsx'
import { Glyph } from '../../ui/status.tsx'
import s from './recover.module.css'

/** One cluster has one open run at most. */
export function OpenRun({ open }: { readonly open: RunSummary | null }) {
  if (open === null) return null
  return (
    <p className={s['open']} role="status">
      <Glyph tone="warn" size={14} decorative />
      <span>
        A run of this cluster is open: {open.title}, held by {open.holder}. Go on with that one, or close it
        first.
      </span>
      <Link className={frame.link} to="/runbooks/$runId" params={{ runId: open.id }}>
        Open it
      </Link>
    </p>
  )
}
