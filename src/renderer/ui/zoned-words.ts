import { months } from '../../shared/domain/time-words.ts'

/** `Sun 22 Nov 03:00`, as the clocks of the zone (an IANA name) show it. */
export function zonedWords(at: string, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(at))
  const of = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((part) => part.type === type)?.value ?? ''
  const month = months[Number(of('month')) - 1] ?? ''
  return `${of('weekday')} ${Number(of('day'))} ${month} ${of('hour')}:${of('minute')}`
}
