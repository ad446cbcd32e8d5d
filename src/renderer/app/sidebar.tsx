import { Link, type LinkProps } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { memo, type ReactNode } from 'react'
import type { Health } from '../../shared/domain/cluster-health.ts'
import { printable } from '../../shared/domain/printable.ts'
import { shortAgeWords } from '../../shared/domain/size-words.ts'
import { useDesk } from '../lib/client.tsx'
import { useFleet } from '../lib/use-fleet.ts'
import { useHint } from '../ui/hint.tsx'
import * as Icon from '../ui/icons.tsx'
import { isNeverSeen } from '../ui/never-seen.ts'
import { Glyph, type Tone } from '../ui/status.tsx'
import { useIsWide } from '../ui/use-wide.ts'
import { VirtualRows } from '../ui/virtual-rows.tsx'
import { utcWords } from '../ui/time.tsx'
import s from './shell.module.css'

export function Sidebar() {
  const desk = useDesk()
  const fleet = useFleet()
  const { data: repositories = [] } = useQuery(desk.repositories.list.queryOptions())
  const { data: runs = [] } = useQuery(desk.runbooks.list.queryOptions())
  const openRuns = runs.filter(({ state }) => state === 'open').length
  const urgent = (fleet ?? []).filter(({ health }) => health.group === 'act').length
  return (
    <nav className={s['side']} aria-label="Holdfast">
      <VirtualRows
        label="Clusters, worst first"
        className={s['sideScroll']}
        count={fleet?.length ?? 0}
        keyOf={(index) => fleet?.[index]?.cluster.id ?? ''}
        estimate={() => 28}
        head={
          <>
            <Item
              icon={<Icon.Grid />}
              to="/"
              label="Fleet"
              exact
              end={urgent > 0 && <Urgent count={urgent} />}
            />
            <div className={s['head']}>
              <h2>Clusters</h2>
              <Link to="/add" aria-label="Add cluster" className={s['add']}>
                <Icon.Plus size={14} />
              </Link>
            </div>
            {fleet?.length === 0 && <p className={s['none']}>None yet</p>}
          </>
        }
        tail={
          <>
            <div className={s['head']}>
              <h2>Work</h2>
            </div>
            <Item
              icon={<Icon.Bucket />}
              to="/repositories"
              label="Repositories"
              end={repositories.length > 0 && repositories.length}
            />
            <Item
              icon={<Icon.Book />}
              to="/runbooks"
              label="Runbooks"
              end={openRuns > 0 && <span className={s['live']}>{openRuns} open</span>}
            />
            <Item icon={<Icon.Clock />} to="/drills" label="Drills" />
            <Item icon={<Icon.Pulse />} to="/activity/jobs" label="Activity" />
          </>
        }
      >
        {(index) => {
          const judged = fleet?.[index]
          if (judged === undefined) return null
          const { cluster, health } = judged
          return (
            <ClusterItem
              id={cluster.id}
              name={cluster.name}
              tone={health.tone}
              age={ageOf(health, isNeverSeen(cluster.look))}
              at={cluster.look?.newestRestorable?.createdAt}
            />
          )
        }}
      </VirtualRows>
      <Item icon={<Icon.Gear />} to="/settings" label="Settings" />
    </nav>
  )
}

/** Of the newest restorable backup; `never` is said only where that is known. */
function ageOf({ newestAgeMs, tone }: Health, isNotKnown: boolean): string {
  if (newestAgeMs !== null) return shortAgeWords(newestAgeMs)
  return tone === 'bad' && !isNotKnown ? 'never' : '–'
}

function Urgent({ count }: { readonly count: number }) {
  return (
    <span className={s['count']}>
      <Glyph tone="bad" size={11} title="Act now:" />
      {count}
    </span>
  )
}

interface ClusterItemProps {
  readonly id: string
  readonly name: string
  readonly tone: Tone
  readonly age: string
  /** Of the newest restorable backup. */
  readonly at: string | undefined
}

/** Drawn again only where one of its words changes: the time moves all of them every ten seconds. */
const ClusterItem = memo(function ClusterItem({ id, name, tone, age, at }: ClusterItemProps) {
  const text = printable(name)
  const { target, hint } = useNameHint(`${text}, ${age}`)
  return (
    <div role="listitem">
      <Link
        {...target}
        to="/clusters/$id"
        params={{ id }}
        className={s['item']}
        activeProps={{ 'data-on': true, 'aria-current': 'page' }}
      >
        <span className={s['ico']}>
          <Glyph tone={tone} size={13} />
        </span>
        <span className={s['lbl']}>{text}</span>
        <span className={s['end']} title={at && utcWords(at)}>
          {age}
          {at !== undefined && <span className="vh"> ({utcWords(at)})</span>}
        </span>
      </Link>
      {hint}
    </div>
  )
})

interface ItemProps {
  readonly icon: ReactNode
  readonly label: string
  readonly to: LinkProps['to'] & string
  readonly end?: ReactNode
  readonly exact?: boolean
}

function Item({ icon, label, to, end, exact = false }: ItemProps) {
  const { target, hint } = useNameHint(label)
  return (
    <>
      <Link
        {...target}
        to={to}
        className={s['item']}
        activeOptions={{ exact }}
        activeProps={{ 'data-on': true, 'aria-current': 'page' }}
      >
        <span className={s['ico']}>{icon}</span>
        <span className={s['lbl']}>{label}</span>
        {end && <span className={s['end']}>{end}</span>}
      </Link>
      {hint}
    </>
  )
}

/** Where the window is narrow, shapes alone stand there. */
function useNameHint(name: string) {
  const isWide = useIsWide()
  const { target, hint } = useHint(name, { position: 'right' })
  return isWide ? { target: {}, hint: null } : { target, hint }
}
