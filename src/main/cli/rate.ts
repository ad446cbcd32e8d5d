import { HoldfastError } from '../../shared/domain/error.ts'

/** `500k`, `20M`, `1.5G`: bytes a second, in powers of ten. */
export function bytesPerSecond(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([kMG]?)B?$/.exec(text)
  const factor = { '': 1, k: 1e3, M: 1e6, G: 1e9 }[match?.[2] ?? ''] ?? 1
  const rate = Math.floor(Number(match?.[1] ?? 0) * factor)
  if (rate >= 1) return rate
  throw new HoldfastError('usage', {
    what: 'The value of --max-rate is no rate.',
    next: 'Write bytes a second, such as 500k, 20M or 1.5G.',
  })
}
