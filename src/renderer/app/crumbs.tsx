import { Link } from '@tanstack/react-router'
import { createContext, use, useEffect, useState, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import * as Icon from '../ui/icons.tsx'
import s from './shell.module.css'

/** Where in the top bar a page says what it is. */
const PlaceContext = createContext<{
  readonly place: HTMLElement | null
  readonly setPlace: (place: HTMLElement | null) => void
}>({ place: null, setPlace: () => undefined })

export function CrumbsProvider({ children }: { readonly children: ReactNode }) {
  const [place, setPlace] = useState<HTMLElement | null>(null)
  return <PlaceContext value={{ place, setPlace }}>{children}</PlaceContext>
}

export function CrumbsPlace() {
  const { setPlace } = use(PlaceContext)
  return <nav ref={setPlace} className={s['crumbs']} aria-label="Where you are" />
}

export interface Crumb {
  readonly name: string
  /** A path of this window; the last one has none. */
  readonly to?: string
}

/** Rendered by each page: the way to it, and the window's title. */
export function Crumbs({ of }: { readonly of: readonly Crumb[] }) {
  const { place } = use(PlaceContext)
  const title = of.at(-1)?.name ?? ''
  useEffect(() => {
    document.title = `${title} · Holdfast`
  }, [title])
  if (place === null) return null
  return createPortal(
    of.map(({ name, to }, at) => (
      <span key={name} className={s['crumb']} data-last={at === of.length - 1 || undefined}>
        {to === undefined ? name : <Link to={to}>{name}</Link>}
        {at < of.length - 1 && <Icon.ChevronRight size={12} />}
      </span>
    )),
    place,
  )
}
