/** Hex digits that are the same for the same seed, so that every screen and every run shows the same thing. */
export function hexOf(seed: string, digits: number): string {
  let state = 0x811c9dc5
  for (const char of seed) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193) >>> 0
  let out = ''
  while (out.length < digits) {
    state = (state ^ (state << 13)) >>> 0
    state ^= state >>> 17
    state = (state ^ (state << 5)) >>> 0
    out += state.toString(16).padStart(8, '0')
  }
  return out.slice(0, digits)
}

/** Numbers from 0 to below 1, the same for the same seed. */
export function chanceOf(seed: string): () => number {
  let state = Number.parseInt(hexOf(seed, 8), 16)
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs

export const iso = (ms: number): string => new Date(ms).toISOString()
