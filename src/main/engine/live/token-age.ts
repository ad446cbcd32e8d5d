/** Documented (kiok, configuration): a token lives 15 min unless a cluster sets another time. What was just given out has not expired. */
const surelyFreshMs = 60_000

export function mayHaveExpired(enteredMs: number, nowMs: number): boolean {
  return nowMs - enteredMs > surelyFreshMs
}
