const times = Number(process.env['HOLDFAST_FUZZ'] ?? '1')

/** How often something generated is tried: as often as usual, or so many times as often as `npm run fuzz` says. */
export function tries(usual: number): number {
  return usual * times
}
