import { Link } from '@tanstack/react-router'
import { JobCentre } from '../areas/activity/job-centre.tsx'
import * as Icon from '../ui/icons.tsx'
import { Keys, modKey } from '../ui/keys.tsx'
import { UnstyledButton } from '../ui/kit.ts'
import { openPalette } from '../ui/palette.ts'
import { CrumbsPlace } from './crumbs.tsx'
import s from './shell.module.css'

export function TopBar() {
  return (
    <header className={s['top']}>
      <Link to="/" className={s['brand']} aria-label="Holdfast, to the fleet">
        <Icon.Mark /> <span>Holdfast</span>
      </Link>
      <CrumbsPlace />
      <UnstyledButton className={s['find']} onClick={openPalette} aria-haspopup="dialog">
        <Icon.Search size={14} /> <span>Search or run a command</span> <Keys of={`${modKey} K`} />
      </UnstyledButton>
      <JobCentre />
    </header>
  )
}
