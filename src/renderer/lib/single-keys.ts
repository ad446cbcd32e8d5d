import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useDesk } from './client.tsx'

/**
 * Single letters as commands, by the key that is pressed; off in fields and dialogs, and where the settings say so. An
 * action that is left out leaves its key alone.
 */
export function useSingleKeys(actions: Readonly<Record<string, (() => void) | undefined>>): void {
  const { data } = useQuery(useDesk().settings.get.queryOptions())
  const isOn = data?.singleKeys ?? true
  const latest = useRef(actions)
  useEffect(() => {
    latest.current = actions
  })
  useEffect(() => {
    if (!isOn) return
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      const { target } = event
      if (
        target instanceof Element &&
        target.closest('input, textarea, select, [role=dialog], [contenteditable]')
      )
        return
      const action = latest.current[event.key]
      if (action === undefined) return
      event.preventDefault()
      action()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [isOn])
}
