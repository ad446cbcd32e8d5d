const unitsMs = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const

/** A time span as the options of a command take it, to the millisecond: `2d`, `26h`, `90m`, else `4444.441s`. */
export function spanFlag(ms: number): string {
  const unit = unitsMs.find(([, unitMs]) => ms % unitMs === 0)
  return unit === undefined ? `${ms / 1000}s` : `${ms / unit[1]}${unit[0]}`
}
