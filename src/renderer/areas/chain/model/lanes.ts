/** Where the columns of the map stand, in pixels from its left edge. */
export interface Lanes {
  readonly left: number
  readonly verdict: number
  readonly width: number
  /** Of a rail, from the left edge of its lane. */
  readonly railAt: number
  readonly of: (store: number) => { readonly left: number; readonly width: number }
}

const narrowest = 78
const widest = 150

/** Shares what room there is among the lanes; where it is too little the map scrolls sideways. */
export function lanesFor(
  stores: number,
  { room, left, verdict }: { readonly room: number; readonly left: number; readonly verdict: number },
): Lanes {
  const share = stores === 0 ? 0 : Math.floor((room - left - verdict) / stores)
  const width = Math.min(widest, Math.max(narrowest, share))
  return {
    left,
    verdict,
    width: left + width * stores + verdict,
    railAt: 15,
    of: (store) => ({ left: left + width * store, width }),
  }
}
