import { useNavigate } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import { useDesk } from '../lib/client.tsx'
import { useFleet } from '../lib/use-fleet.ts'
import { openHelp } from './help-request.ts'

/** How long a G waits for its second letter. */
const sequenceMs = 1500

/** The keys that are the same on every page. Pages hear a key first; what they have answered is left alone. */
export function useGlobalKeys(): void {
  const navigate = useNavigate()
  const { data: settings } = useQuery(useDesk().settings.get.queryOptions())
  const worst = useFleet()?.[0]?.cluster.id
  const isOn = settings?.singleKeys ?? true

  const go = useEffectEvent((letter: string): boolean => {
    switch (letter) {
      case 'f':
        void navigate({ to: '/' })
        return true
      case 'c':
        if (worst === undefined) return false
        void navigate({ to: '/clusters/$id/overview', params: { id: worst } })
        return true
      case 'p':
        void navigate({ to: '/repositories' })
        return true
      case 'r':
        void navigate({ to: '/runbooks' })
        return true
      case 'd':
        void navigate({ to: '/drills' })
        return true
      case 'a':
        void navigate({ to: '/activity/jobs' })
        return true
      case 's':
        void navigate({ to: '/settings' })
        return true
      default:
        return false
    }
  })

  useEffect(() => {
    let goUntilMs = 0
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        // Arrows scroll unless a row has the focus.
        if (isRow(event.target) && focusRow(event.key === 'ArrowDown' ? 1 : -1)) event.preventDefault()
        return
      }
      if (!isOn) return
      const letter = event.key.toLowerCase()
      if (event.timeStamp < goUntilMs) {
        goUntilMs = 0
        if (go(letter)) event.preventDefault()
      } else if (letter === 'g') goUntilMs = event.timeStamp + sequenceMs
      else if (letter === '?') openHelp()
      else if ((letter === 'j' || letter === 'k') && focusRow(letter === 'j' ? 1 : -1)) event.preventDefault()
    }
    // The window hears after the document, where pages listen.
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [isOn])
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('input, textarea, select, [role=dialog], [role=listbox], [contenteditable]') !== null
  )
}

function isRow(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('[data-row]')
}

/** Moves the focus over the drawn rows; the first one, where none has it. */
function focusRow(by: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')]
  const at = rows.findIndex((row) => row === document.activeElement)
  const next = at < 0 ? rows[0] : rows[at + by]
  next?.focus()
  return next !== undefined
}
