import { useQuery } from '@tanstack/react-query'
import { countOf } from '../../../shared/domain/size-words.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Facts, Section } from '../../ui/frame.tsx'
import { Glyph } from '../../ui/status.tsx'
import s from './settings.module.css'

const shells = {
  electron: 'A window of its own',
  browser: 'A browser, on this computer only',
  commandLine: 'The command line',
} as const

/** What runs here, and what its operator should know of it. */
export function AboutSection() {
  const { data: info, error } = useQuery(useDesk().host.info.queryOptions())
  return (
    <>
      <Section>This installation</Section>
      {error !== null && <ErrorLine failure={failureOf(error)} />}
      {info && (
        <>
          <Facts
            of={[
              ['Version', info.version],
              ['Shown in', shells[info.shell]],
              [
                'State folder',
                <code key="folder" className={s['path']}>
                  {info.stateFolder}
                </code>,
              ],
              [
                'Saved state',
                info.stateIsReadOnly
                  ? 'Another instance holds it: this one only reads'
                  : 'Held by this instance',
              ],
              ['Talks to', `${countOf(info.targets, 'configured target')} and nothing else`],
            ]}
          />
          {info.notices.map(({ id, severity, text }) => (
            <p key={id} className={s['notice']}>
              <Glyph tone={severity === 'error' ? 'bad' : 'warn'} />
              {text}
            </p>
          ))}
          <p className={s['text']}>
            No account, no telemetry. Nothing leaves this computer but to those targets.
          </p>
        </>
      )}
    </>
  )
}
