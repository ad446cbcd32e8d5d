import { Link, type LinkProps } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { shortAgeWords } from '../../shared/domain/size-words.ts'
import { useDesk } from '../lib/client.tsx'
import { useFleet } from '../lib/use-fleet.ts'
import * as Icon from '../ui/icons.tsx'
import { Glyph } from '../ui/status.tsx'
import s from './shell.module.css'

export function Sidebar() {
  const desk = useDesk()
  const fleet = useFleet()
  const { data: repositories = [] } = useQuery(desk.repositories.list.queryOptions())
  const urgent = (fleet ?? []).filter(({ health }) => health.group === 'act').length
  return (
    <nav className={s['side']} aria-label="Holdfast">
      <div className={s['sideScroll']}>
        <Item
          icon={<Icon.Grid />}
          to="/"
          label="Fleet"
          exact
          end={
            urgent > 0 && (
              <span className={s['count']}>
                <Glyph tone="bad" size={11} title="Act now:" />
                {urgent}
              </span>
            )
          }
        />
        <div className={s['head']}>
          <h2>Clusters</h2>
          <Link to="/add" aria-label="Add cluster" className={s['add']}>
            <Icon.Plus size={14} />
          </Link>
        </div>
        {fleet?.length === 0 && <p className={s['none']}>None yet</p>}
        <ul>
          {fleet?.map(({ cluster, health: { tone, newestAgeMs } }) => (
            <li key={cluster.id}>
              <Link
                to="/clusters/$id"
                params={{ id: cluster.id }}
                className={s['item']}
                title={cluster.name}
                activeProps={{ 'data-on': true, 'aria-current': 'page' }}
              >
                <span className={s['ico']}>
                  <Glyph tone={tone} size={13} />
                </span>
                <span className={s['lbl']}>{cluster.name}</span>
                <span className={s['end']}>
                  {newestAgeMs === null ? 'never' : shortAgeWords(newestAgeMs)}
                </span>
              </Link>
            </li>
          ))}
        </ul>
        <div className={s['head']}>
          <h2>Work</h2>
        </div>
        <Item
          icon={<Icon.Bucket />}
          to="/repositories"
          label="Repositories"
          end={repositories.length > 0 && repositories.length}
        />
        <Item icon={<Icon.Pulse />} to="/activity/jobs" label="Activity" />
      </div>
      <Item icon={<Icon.Gear />} to="/settings" label="Settings" />
    </nav>
  )
}

interface ItemProps {
  readonly icon: ReactNode
  readonly label: string
  readonly to: LinkProps['to'] & string
  readonly end?: ReactNode
  readonly exact?: boolean
}

function Item({ icon, label, to, end, exact = false }: ItemProps) {
  return (
    <Link
      to={to}
      className={s['item']}
      title={label}
      activeOptions={{ exact }}
      activeProps={{ 'data-on': true, 'aria-current': 'page' }}
    >
      <span className={s['ico']}>{icon}</span>
      <span className={s['lbl']}>{label}</span>
      {end && <span className={s['end']}>{end}</span>}
    </Link>
  )
}
