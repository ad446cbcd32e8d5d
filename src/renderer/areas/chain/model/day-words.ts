export const monthNames = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const

/** `8 Nov`, with the year where it is another one; UTC. */
export function dayText(at: string, nowMs: number): string {
  const date = new Date(at)
  const year = date.getUTCFullYear()
  const suffix = year === new Date(nowMs).getUTCFullYear() ? '' : ` ${year}`
  return `${date.getUTCDate()} ${monthNames[date.getUTCMonth()] ?? ''}${suffix}`
}

/** `02:00`; UTC. */
export function timeText(at: string): string {
  return new Date(at).toISOString().slice(11, 16)
}
