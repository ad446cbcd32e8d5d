import { useEffect, useRef } from 'react'
import type { Step } from '../../../shared/contract/runbooks.ts'
import { isHarmless } from './model/offers.ts'
import { isFocusNowhere } from './next-focus.ts'

/**
 * The step at hand is in sight, and has the focus where nothing else has it: a button that is gone must not leave the
 * keyboard in nowhere. It has it, too, when the sheet was signed: what is left is the next to do. What only reads can be gone on
 * with by Enter at once, nothing else can.
 */
export function useStepFocus(step: Step, signedAt: string | null) {
  const panel = useRef<HTMLDivElement>(null)
  const signed = useRef(signedAt)
  const { state } = step
  const harmless = isHarmless(step)
  useEffect(() => {
    const element = panel.current
    if (element === null) return undefined
    const stay = stayInSight(element)
    const isJustSigned = signed.current !== signedAt
    signed.current = signedAt
    if (!isJustSigned && !isFocusNowhere()) return stay
    const button = harmless ? element.querySelector<HTMLElement>('[data-act]') : null
    ;(button ?? element).focus({ preventScroll: true })
    return stay
  }, [state, harmless, signedAt])
  return panel
}

/** What a step asks comes after it: it grows, and its button stays in sight until somebody looks elsewhere. Gives what ends that. */
function stayInSight(element: HTMLElement): () => void {
  const grows = new ResizeObserver(() => element.scrollIntoView({ block: 'nearest' }))
  const stop = new AbortController()
  const end = (): void => {
    grows.disconnect()
    stop.abort()
  }
  grows.observe(element)
  for (const sign of ['wheel', 'keydown', 'pointerdown'])
    window.addEventListener(sign, end, { signal: stop.signal, passive: true })
  return end
}
