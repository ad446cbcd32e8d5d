import { useQuery } from '@tanstack/react-query'
import { useDesk } from '../lib/client.tsx'
import { Glyph } from '../ui/status.tsx'
import s from './shell.module.css'

/** What has to be known before anything that is shown is believed: a file that was left alone, another instance. */
export function Notices() {
  const { data: info } = useQuery(useDesk().host.info.queryOptions())
  return info?.notices.map(({ id, severity, text }) => (
    <p key={id} className={s['lost']} data-severity={severity} role="status">
      <Glyph tone={severity === 'error' ? 'bad' : 'warn'} size={12} decorative /> {text}
    </p>
  ))
}
