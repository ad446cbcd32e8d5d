import { dayWords } from '../../../../shared/domain/time-words.ts'

/** `8 Nov`, with the year where it is another one; UTC. */
export function dayText(at: string, nowMs: number): string {
  const date = new Date(at)
  const year = date.getUTCFullYear()
  const suffix = year === new Date(nowMs).getUTCFullYear() ? '' : ` ${year}`
  return `${dayWords(date)}${suffix}`
}

/** `02:00`; UTC. */
export function timeText(at: string): string {
  return new Date(at).toISOString().slice(11, 16)
}
