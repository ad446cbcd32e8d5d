/** The middle of the values; of two in the middle the larger one, so that who waits is not told too little. Null where there is none. */
export function upperMedian(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null
}
