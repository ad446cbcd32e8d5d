import { useEffect } from 'react'

/** As far as a hand shakes. */
const steadyPx = 4

/**
 * A press that has not moved is for what lay under it when it began. What comes in meanwhile can push the page away between
 * down and up: the browser then gives the click to whatever holds both places, which is another row, or nothing at all.
 * A press that is drawn away from its target is taken back, as ever (WCAG 2.2, 2.5.2).
 */
export function useSteadyPress(): void {
  useEffect(() => {
    const ending = new AbortController()
    const options = { signal: ending.signal, capture: true }
    let begun: { readonly target: Element; readonly x: number; readonly y: number } | null = null
    const down = ({ target, button, isPrimary, clientX: x, clientY: y }: PointerEvent): void => {
      begun = button === 0 && isPrimary && target instanceof Element ? { target, x, y } : null
    }
    const click = (event: MouseEvent): void => {
      const press = begun
      begun = null
      // A key that presses a button has no place, and what is pressed by a program neither.
      if (press === null || event.detail === 0 || !event.isTrusted) return
      const { target } = event
      if (!(target instanceof Element) || target === press.target || press.target.contains(target)) return
      // Its own button, of which the label was pressed.
      const pressed = press.target.closest('a, button, label, input') ?? press.target
      if (pressed.contains(target)) return
      if (Math.hypot(event.clientX - press.x, event.clientY - press.y) > steadyPx) return
      event.preventDefault()
      event.stopImmediatePropagation()
      // Gone meanwhile: then nothing is pressed, and above all nothing else.
      if (pressed.isConnected) pressed.dispatchEvent(new MouseEvent('click', event))
    }
    document.addEventListener('pointerdown', down, options)
    document.addEventListener('click', click, options)
    return () => ending.abort()
  }, [])
}
