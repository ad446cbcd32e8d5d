import { useEffect, useRef, type PointerEvent } from 'react'
import type { OverviewBar } from './model/overview.ts'
import s from './chain.module.css'

interface OverviewMapProps {
  readonly bars: readonly OverviewBar[]
  readonly stores: number
  /** "Nov", "2026", … with the share of all backups at which each begins. */
  readonly marks: readonly { readonly at: number; readonly text: string }[]
  readonly seen: { readonly top: number; readonly bottom: number }
  readonly label: string
  readonly onJump: (share: number) => void
}

const firstLane = 29

/** All backups at once, one lane a store: an object is one bar. Drawn when the chain or the scheme changes, not on scroll. */
export function OverviewMap({ bars, stores, marks, seen, label, onJump }: OverviewMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const place = canvas.current
    if (place === null) return
    const redraw = () => draw(place, { bars, stores, marks })
    const sizes = new ResizeObserver(redraw)
    sizes.observe(place)
    const scheme = new MutationObserver(redraw)
    scheme.observe(document.documentElement, { attributes: true })
    void document.fonts.ready.then(redraw)
    return () => {
      sizes.disconnect()
      scheme.disconnect()
    }
  }, [bars, stores, marks])

  const jump = (event: PointerEvent<HTMLDivElement>) => {
    const edge = event.currentTarget.getBoundingClientRect()
    onJump((event.clientY - edge.top) / edge.height)
  }
  return (
    <div
      className={s['overview']}
      role="img"
      aria-label={label}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        jump(event)
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) jump(event)
      }}
    >
      <canvas ref={canvas} />
      <div
        className={s['frame']}
        style={{ top: `${seen.top * 100}%`, height: `max(4px, ${(seen.bottom - seen.top) * 100}%)` }}
      />
    </div>
  )
}

function draw(
  canvas: HTMLCanvasElement,
  { bars, stores, marks }: Pick<OverviewMapProps, 'bars' | 'stores' | 'marks'>,
): void {
  const pen = canvas.getContext('2d')
  const [width, height] = [canvas.clientWidth, canvas.clientHeight]
  if (pen === null || width === 0) return
  const density = window.devicePixelRatio
  canvas.width = width * density
  canvas.height = height * density
  pen.scale(density, density)
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(`--hf-${name}`).trim()
  const colours = {
    intact: token('good-quiet'),
    neverRead: token('control'),
    warning: token('warn-fill'),
    notOpened: token('warn-fill'),
    damaged: token('bad-fill'),
    missing: token('bad-fill'),
  }
  const wide = Math.min(11, (width - firstLane - 5) / Math.max(1, stores))
  for (const { store, state, top, bottom } of bars) {
    const isLost = state === 'damaged' || state === 'missing'
    const from = top * height
    // What is lost is seen however many backups there are.
    const length = Math.max((bottom - top) * height, isLost ? 3 : 0.4)
    pen.fillStyle = colours[state]
    pen.globalAlpha = length > 2 || isLost ? 1 : 0.5
    const gap = length > 3 ? 0.6 : 0
    pen.fillRect(firstLane + store * wide, from + gap, wide - 2, length - 2 * gap)
  }
  pen.globalAlpha = 1
  pen.fillStyle = token('text-3')
  pen.font = `11px ${token('font') || 'sans-serif'}`
  let free = 0
  for (const { at, text } of marks) {
    const y = at * height + 10
    if (y < free || y > height - 2) continue
    pen.fillText(text, 5, y)
    free = y + 26
  }
}
