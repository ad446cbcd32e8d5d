import { Tooltip, type FloatingPosition } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useEffectEvent, useId, useState, type ReactNode, type SyntheticEvent } from 'react'

interface Hint {
  /** For the element that is pointed at, or that has the keyboard's focus. */
  readonly target: {
    readonly onMouseEnter: (event: SyntheticEvent<HTMLElement>) => void
    readonly onMouseLeave: () => void
    readonly onFocus: (event: SyntheticEvent<HTMLElement>) => void
    readonly onBlur: () => void
  }
  /** Beside that element: it takes no place there. */
  readonly hint: ReactNode
}

interface Looks {
  readonly w?: number
  readonly position?: FloatingPosition
}

/** How long the pointer or the focus rests before anything is told. */
const restsMs = 350
/** How long the way of the pointer from the target to its hint may take. */
const graceMs = 150

/** A tooltip that exists only while it is shown: a list has hundreds of targets, and each would cost as much as its row. */
export function useHint(label: ReactNode, looks: Looks = {}): Hint {
  const [at, setAt] = useState<HTMLElement | null>(null)
  const point = useDebouncedCallback(setAt, restsMs)
  return {
    target: {
      onMouseEnter: ({ currentTarget }) => point(currentTarget),
      onMouseLeave: () => point.cancel(),
      onFocus: ({ currentTarget }) => {
        // A press gives the focus, too: it asks for what is pressed, not for its hint.
        if (currentTarget.matches(':focus-visible')) point(currentTarget)
      },
      onBlur: () => point.cancel(),
    },
    hint: at && (
      <Shown at={at} looks={looks} onGone={() => setAt(null)}>
        {label}
      </Shown>
    ),
  }
}

/** A hint for one element among many, where no hook can stand. */
export function Hinted({
  label,
  children,
  ...looks
}: Looks & { readonly label: ReactNode; readonly children: (target: Hint['target']) => ReactNode }) {
  const { target, hint } = useHint(label, looks)
  return (
    <>
      {children(target)}
      {hint}
    </>
  )
}

interface ShownProps {
  readonly at: HTMLElement
  readonly looks: Looks
  readonly children: ReactNode
  readonly onGone: () => void
}

/**
 * Stays as long as its target has pointer or focus, or the pointer is on the hint itself; Escape takes it away, and nothing else
 * with it (WCAG 2.2, 1.4.13).
 */
function Shown({ at, looks, children, onGone }: ShownProps) {
  const id = useId()
  const gone = useEffectEvent(onGone)
  const goSoon = useDebouncedCallback(onGone, graceMs)
  const leave = useEffectEvent(() => {
    if (!at.matches(':hover, :focus-visible')) goSoon()
  })
  const stay = useEffectEvent(() => goSoon.cancel())
  useEffect(() => {
    const ending = new AbortController()
    const { signal } = ending
    for (const event of ['mouseleave', 'blur']) at.addEventListener(event, () => leave(), { signal })
    for (const event of ['mouseenter', 'focus']) at.addEventListener(event, () => stay(), { signal })
    const press = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      gone()
    }
    document.addEventListener('keydown', press, { signal, capture: true })
    // A dialog of the kit hears Escape before everything else, unless what has the focus says so.
    const focused = document.activeElement
    focused?.setAttribute('data-mantine-stop-propagation', 'true')
    at.setAttribute('aria-describedby', id)
    return () => {
      ending.abort()
      focused?.removeAttribute('data-mantine-stop-propagation')
      at.removeAttribute('aria-describedby')
    }
  }, [at, id])
  return (
    <Tooltip
      target={at}
      opened
      interactive
      label={<span id={id}>{children}</span>}
      onPointerEnter={() => goSoon.cancel()}
      onPointerLeave={() => leave()}
      {...looks}
    />
  )
}
