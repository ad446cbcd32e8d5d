import { Link } from '@tanstack/react-router'
import s from './activity.module.css'

export function ActivityTabs({ at }: { readonly at: 'jobs' | 'audit' }) {
  return (
    <nav className={s['tabs']} aria-label="Activity">
      <Link
        to="/activity/jobs"
        data-on={at === 'jobs' || undefined}
        aria-current={at === 'jobs' ? 'page' : undefined}
      >
        Jobs
      </Link>
      <Link
        to="/activity/audit"
        data-on={at === 'audit' || undefined}
        aria-current={at === 'audit' ? 'page' : undefined}
      >
        Audit chain
      </Link>
    </nav>
  )
}
