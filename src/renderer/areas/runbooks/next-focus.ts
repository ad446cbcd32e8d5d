import { useEffect, useRef } from 'react'
import type { Run } from '../../../shared/contract/runbooks.ts'

/** True where what had the focus is gone; the page as a whole is nobody's choice either. */
export function isFocusNowhere(): boolean {
  const { activeElement } = document
  return activeElement === null || activeElement === document.body || activeElement.id === 'page'
}

/** Once no step is at hand, the keyboard is at what ends the run: the sheet, then the end itself. Both only open a dialog. */
export function useNextFocus({ current, state, acceptance: { signedAt } }: Run): void {
  const signed = useRef(signedAt)
  useEffect(() => {
    const isJustSigned = signed.current !== signedAt
    signed.current = signedAt
    if (current !== null || state !== 'open' || !(isJustSigned || isFocusNowhere())) return
    document.querySelector<HTMLElement>('[data-next]')?.focus({ preventScroll: true })
  }, [current, state, signedAt])
}
