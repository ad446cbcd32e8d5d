import { Outlet, useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { LostLine } from '../ui/lost-line.tsx'
import { CrumbsProvider } from './crumbs.tsx'
import { Notices } from './notices.tsx'
import { Sidebar } from './sidebar.tsx'
import { StatusBar } from './status-bar.tsx'
import { TopBar } from './top-bar.tsx'
import { useGlobalKeys } from './use-global-keys.ts'
import s from './shell.module.css'

/** The bars around every page. */
export function Shell() {
  const page = useRef<HTMLElement>(null)
  const path = useLocation({ select: ({ pathname }) => pathname })
  // What had the focus is gone with its page: the next Tab begins in the new one.
  useEffect(() => {
    if (document.activeElement === document.body) page.current?.focus()
  }, [path])
  return (
    <CrumbsProvider>
      <GlobalKeys />
      <div className={s['shell']}>
        <a className={s['skip']} href="#page" onClick={skipToPage}>
          To the page
        </a>
        <TopBar />
        <Sidebar />
        <main id="page" ref={page} className={s['main']} tabIndex={-1}>
          <LostLine />
          <Notices />
          <Outlet />
        </main>
        <StatusBar />
      </div>
    </CrumbsProvider>
  )
}

/** Apart, so that what the keys follow does not draw all the bars again: the fleet, which changes with every look. */
function GlobalKeys() {
  useGlobalKeys()
  return null
}

/** The address after "#" is the router's, so the jump is made by hand. */
function skipToPage(event: { preventDefault(): void }): void {
  event.preventDefault()
  document.getElementById('page')?.focus()
}
