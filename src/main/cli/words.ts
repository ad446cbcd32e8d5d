/** 1.4 GB, 812 kB, 12 B: powers of ten, as disks and networks are sold. */
export function bytesInWords(sizeBytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = sizeBytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`
}

/** "3 h ago", "2 d ago"; "in 5 min" for what a wrong clock put into the future. */
export function ageInWords(isoTime: string, nowMs: number): string {
  const ageMs = nowMs - Date.parse(isoTime)
  const words = durationInWords(Math.abs(ageMs))
  if (Math.abs(ageMs) < 1000) return 'just now'
  return ageMs >= 0 ? `${words} ago` : `in ${words}`
}

/** "2026-11-20T02:00:00Z (3 h ago)", to the second. */
export function timeInWords(isoTime: string, nowMs: number): string {
  return `${isoTime.replace(/\.\d+Z$/, 'Z')} (${ageInWords(isoTime, nowMs)})`
}

/** The zone of whoever reads it, as this process was started with. */
export function operatorZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** A time that is to come, in UTC and, where that is another one, by the operator's clock: "…Z (in 3 h), 2026-11-20 03:00 in Europe/Berlin". */
export function fireInWords(isoTime: string, nowMs: number, zone = operatorZone()): string {
  const utc = timeInWords(isoTime, nowMs)
  if (/^(?:Etc\/)?(?:UTC|GMT|Universal|Zulu|UCT)$/.test(zone)) return utc
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(new Date(isoTime))
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? ''
  const day = `${part('year')}-${part('month')}-${part('day')}`
  return `${utc}, ${day} ${part('hour')}:${part('minute')} in ${zone}`
}

export function durationInWords(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return `${Math.floor(hours / 24)} d`
}

/** "1 backup", "3 backups". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** A name cannot pose as a line of its own. */
export function onOneLine(text: string): string {
  return text.replaceAll('\n', '\\n').replaceAll('\t', '\\t')
}

/** Columns padded to their widest cell, two spaces between; the last column is not padded. */
export function table(cells: readonly (readonly string[])[]): readonly string[] {
  const rows = cells.map((row) => row.map(onOneLine))
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)))
  return rows.map((row) =>
    row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  '),
  )
}
