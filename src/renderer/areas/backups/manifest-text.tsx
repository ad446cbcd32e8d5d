import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import { Printable } from '../../ui/printable.tsx'
import { textLines } from './model/text-lines.ts'
import s from './pane.module.css'

const lineHeight = 18

/** The manifest as it stands, up to 4 MiB: lines are made for what is seen. */
export function ManifestText({ text }: { readonly text: string }) {
  const scroller = useRef<HTMLDivElement>(null)
  const lines = useMemo(() => textLines(text), [text])
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 20,
    useFlushSync: false,
  })
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard too
    <div ref={scroller} className={s['text']} tabIndex={0} role="region" aria-label="Text of the manifest">
      <ol style={{ height: lines.length * lineHeight }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const line = lines[index]
          return (
            line && (
              <li key={index} style={{ top: start }}>
                <span className={s['number']}>{line.number ?? ''}</span>
                <Printable text={line.text} />
              </li>
            )
          )
        })}
      </ol>
    </div>
  )
}
