import { memo } from 'react'
import type { Lanes } from './model/lanes.ts'
import type { MapLayout } from './model/map-layout.ts'
import { lineOf, railsAmong, type Rail } from './model/rails.ts'
import { ObjectShape } from './object-shape.tsx'
import s from './chain.module.css'

interface Shown {
  readonly layout: MapLayout
  readonly lanes: Lanes
  readonly selected: number | null
  /** Rows, both within. */
  readonly from: number
  readonly to: number
}

const isLost = (state: string) => state === 'damaged' || state === 'missing'

/** The outline of the selected object's lane; it lies below the rows' text. */
export const MapHalo = memo(function MapHalo({ layout, lanes, selected, from, to }: Shown) {
  const span = selected === null ? null : (layout.spans[selected] ?? null)
  const top = layout.tops[from] ?? 0
  const height = (layout.tops[to + 1] ?? top) - top
  const lane = span && lanes.of(span.store)
  const seen = span !== null && span.top <= to && span.bottom >= from
  const object = span && layout.index.chain.objects[span.at]
  return (
    <svg className={s['halos']} style={{ top }} width={lanes.width} height={height} aria-hidden="true">
      {seen && lane && object && (
        <rect
          x={lane.left + 1}
          y={(layout.tops[span.top] ?? 0) - top + 1}
          width={lane.width - 2}
          height={(layout.tops[span.bottom + 1] ?? 0) - (layout.tops[span.top] ?? 0) - 2}
          rx="4"
          className={s['halo']}
          data-lost={isLost(object.state) || undefined}
        />
      )}
    </svg>
  )
})

/** Rails, dots, arrows and squares of the rows that are seen. A picture only: every row says the same in words. */
export const MapRails = memo(function MapRails({ layout, lanes, selected, from, to }: Shown) {
  const top = layout.tops[from] ?? 0
  const height = (layout.tops[to + 1] ?? top) - top
  return (
    <svg className={s['rails']} style={{ top }} width={lanes.width} height={height} aria-hidden="true">
      {layout.index.chain.stores.map((store, at) => {
        const x = lanes.of(at).left
        return <line key={store} x1={x} x2={x} y1={0} y2={height} className={s['guide']} />
      })}
      {railsAmong(layout, from, to).map((rail) => (
        <ObjectRail
          key={rail.span.at}
          rail={rail}
          layout={layout}
          x={lanes.of(rail.span.store).left + lanes.railAt}
          top={top}
          height={height}
          isSelected={rail.span.at === selected}
        />
      ))}
    </svg>
  )
})

interface ObjectRailProps {
  readonly rail: Rail
  readonly layout: MapLayout
  readonly x: number
  readonly top: number
  readonly height: number
  readonly isSelected: boolean
}

function ObjectRail({ rail, layout, x, top, height, isSelected }: ObjectRailProps) {
  const { span, dots, folds, square } = rail
  const state = layout.index.chain.objects[span.at]?.state ?? 'neverRead'
  const middle = (row: number) => ((layout.tops[row] ?? 0) + (layout.tops[row + 1] ?? 0)) / 2 - top
  const line = lineOf(layout, rail)
  const anchorY = middle(span.anchor)
  // Room for the square where the line ends at it; a line may also pass it.
  const endsBelow = square === span.bottom
  const y1 = line === null ? 0 : Math.max(square === span.top ? anchorY + 8 : line.y1 - top, -10)
  const y2 = line === null ? 0 : Math.min(endsBelow ? anchorY - 9 : line.y2 - top, height + 10)
  return (
    <g
      className={s['object']}
      data-state={state}
      data-on={isSelected || undefined}
      data-lost={isLost(state) || undefined}
    >
      {line !== null && y2 > y1 && <line x1={x} x2={x} y1={y1} y2={y2} className={s['rail']} />}
      {line !== null && endsBelow && (
        <path
          d={`M${x - 3.6} ${anchorY - 12.5}L${x} ${anchorY - 8}L${x + 3.6} ${anchorY - 12.5}`}
          className={s['tip']}
        />
      )}
      {line !== null && square === null && span.anchor === span.bottom && (
        <path
          d={`M${x - 3.6} ${line.y2 - top - 6}L${x} ${line.y2 - top - 1.5}L${x + 3.6} ${line.y2 - top - 6}`}
          className={s['tip']}
        />
      )}
      {folds.map((row) => {
        const upper = (layout.tops[row] ?? 0) - top
        const length = (layout.tops[row + 1] ?? 0) - (layout.tops[row] ?? 0)
        return (
          <g key={row}>
            <rect x={x - 3.5} y={upper + 5} width="7" height={length - 10} className={s['gap']} />
            <path
              d={`M${x - 2.5} ${upper + 5}v${length - 10}M${x + 2.5} ${upper + 5}v${length - 10}`}
              className={s['rail']}
            />
          </g>
        )
      })}
      {dots.map((row) => (
        <circle key={row} cx={x} cy={middle(row)} r={isSelected ? 3.2 : 2.6} className={s['ref']} />
      ))}
      {square !== null && <ObjectShape x={x} y={anchorY} state={state} />}
    </g>
  )
}
