import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { useDesk } from '../lib/client.tsx'
import * as Icon from '../ui/icons.tsx'
import { Keys, modKey } from '../ui/keys.tsx'
import { spotlight, UnstyledButton } from '../ui/kit.ts'
import { Glyph } from '../ui/status.tsx'
import { CrumbsPlace } from './crumbs.tsx'
import s from './shell.module.css'

export function TopBar() {
  return (
    <header className={s['top']}>
      <Link to="/" className={s['brand']} aria-label="Holdfast, to the fleet">
        <Icon.Mark /> <span>Holdfast</span>
      </Link>
      <CrumbsPlace />
      <UnstyledButton className={s['find']} onClick={spotlight.open} aria-haspopup="dialog">
        <Icon.Search size={14} /> <span>Search or run a command</span> <Keys of={`${modKey} K`} />
      </UnstyledButton>
      <Jobs />
    </header>
  )
}

function Jobs() {
  const desk = useDesk()
  const { data: jobs = [] } = useQuery(desk.jobs.list.queryOptions())
  const count = (state: string): number => jobs.filter((job) => job.state === state).length
  const running = count('running')
  const waiting = count('waiting')
  const interrupted = count('interrupted')
  return (
    <Link to="/activity/jobs" className={s['jobs']}>
      <Glyph tone={running > 0 ? 'run' : interrupted > 0 ? 'warn' : 'none'} size={13} decorative />
      {running > 0 ? `${running} running` : interrupted > 0 ? `${interrupted} interrupted` : 'No job runs'}
      {waiting > 0 && <span>{waiting} waiting</span>}
      <Keys of={`${modKey} J`} />
    </Link>
  )
}
