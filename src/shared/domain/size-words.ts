/** Sizes, counts and spans for people: digits with units and no-break spaces between them. */
const noBreak = '\u00a0'

export function bytesWords(sizeBytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = sizeBytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  if (unit === 0 && sizeBytes === 1) return `1${noBreak}byte`
  return `${countWords(Number(value.toFixed(digits)), digits)}${noBreak}${units[unit] ?? ''}`
}

/** 1 148, with a no-break space between thousands. */
export function countWords(value: number, digits = 0): string {
  const [whole = '', rest] = value.toFixed(digits).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, noBreak)
  return rest === undefined ? grouped : `${grouped}.${rest}`
}

/** `1 backup`, `24 backups`. */
export function countOf(value: number, noun: string, plural = `${noun}s`): string {
  return `${countWords(value)}${noBreak}${value === 1 ? noun : plural}`
}

/** The two largest units of a span: `14 d 0 h`, `3 h 05 m`, `10 m 51 s`, `38 s`. */
export function spanWords(spanMs: number): string {
  const seconds = Math.max(0, Math.round(spanMs / 1000))
  const two = (value: number): string => String(value).padStart(2, '0')
  if (seconds < 60) return `${seconds}${noBreak}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}${noBreak}m${noBreak}${two(seconds % 60)}${noBreak}s`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours}${noBreak}h${noBreak}${two(minutes % 60)}${noBreak}m`
  return `${Math.floor(hours / 24)}${noBreak}d${noBreak}${hours % 24}${noBreak}h`
}

/** An age as it is told: no seconds once there are minutes, hours up to two days. `38 s`, `14 m`, `26 h 14 m`, `14 d 0 h`. */
export function ageWords(ageMs: number): string {
  const minutes = Math.floor(ageMs / 60_000)
  if (minutes < 1 || minutes >= 48 * 60) return spanWords(ageMs)
  if (minutes < 60) return `${minutes}${noBreak}m`
  const rest = String(minutes % 60).padStart(2, '0')
  return `${Math.floor(minutes / 60)}${noBreak}h${noBreak}${rest}${noBreak}m`
}

/** Its largest unit alone: `22 m`, `26 h`, `14 d`. */
export function shortAgeWords(ageMs: number): string {
  return ageWords(ageMs).split(noBreak).slice(0, 2).join(noBreak)
}

/** A target as it was set: `24 h`, `1 h 30 m`, `7 d`. */
export function targetWords(targetMs: number): string {
  return ageWords(targetMs).replace(new RegExp(`${noBreak}0+${noBreak}[hm]$`), '')
}
