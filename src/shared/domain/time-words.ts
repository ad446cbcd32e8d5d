export const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `21 Nov` */
export function dayWords(date: Date): string {
  return `${date.getUTCDate()} ${months[date.getUTCMonth()] ?? ''}`
}

/** `21 Nov 2026 02:00:04 UTC`, where the very second is needed. */
export function exactWords(at: string): string {
  const date = new Date(at)
  return `${dayWords(date)} ${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} UTC`
}

const isoTime = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

/** A text whose times (UTC ISO 8601) are told as people read them. */
export function withTimeWords(text: string): string {
  return text.replace(isoTime, (at) => (Number.isNaN(Date.parse(at)) ? at : exactWords(at)))
}
