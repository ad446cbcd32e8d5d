import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { ClusterSchedule } from '../../../shared/contract/masters.ts'
import type { Failure } from '../../../shared/domain/failure.ts'
import { usePageAct } from '../../app/page-act.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Facts, frame, Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Status } from '../../ui/status.tsx'
import { nextNote, settingWords, theirsWords } from './model/schedule-words.ts'
import { NextTimes } from './next-times.tsx'
import { SettingsDialog } from './settings-dialog.tsx'
import s from './schedule.module.css'

interface Props {
  readonly cluster: Cluster
  readonly theirs: ClusterSchedule | null
  readonly failure: Failure | null
  readonly isAsking: boolean
  readonly onAsk: () => void
}

/** What the cluster will do by itself, in its own words, with the settings that decide it. */
export function TheirSchedule({ cluster, theirs, failure, isAsking, onAsk }: Props) {
  const [isChanging, setChanging] = useState(false)
  const canChange =
    theirs !== null && theirs.settings.some((each) => each.canChange && each.kind !== 'secret')
  usePageAct('masters.changeSettings', (id) => {
    if (id !== cluster.id || !canChange || cluster.mode === 'readOnly') return false
    setChanging(true)
    return true
  })
  return (
    <>
      <Section
        end={
          <Button size="xs" variant="subtle" disabled={isAsking} onClick={onAsk}>
            {isAsking ? 'Asking…' : 'Ask again'}
          </Button>
        }
      >
        What the cluster will do
      </Section>
      {failure !== null && <ErrorLine failure={failure} />}
      {theirs !== null && (
        <>
          <p className={s['state']}>
            <Status tone={theirsWords[theirs.state].tone} strong>
              {theirsWords[theirs.state].word}
            </Status>
          </p>
          <p className={s['text']}>
            <Printable text={theirs.words} />
          </p>
          <Times theirs={theirs} />
          {theirs.settings.length > 0 && (
            <>
              <Section
                end={
                  canChange &&
                  cluster.mode !== 'readOnly' && (
                    <Button size="xs" variant="subtle" onClick={() => setChanging(true)}>
                      Change…
                    </Button>
                  )
                }
              >
                Its own settings
              </Section>
              <Facts
                of={theirs.settings.map((setting) => [
                  setting.label,
                  <span key={setting.name} title={setting.help}>
                    {setting.kind === 'cron' && setting.value !== null ? (
                      <code>
                        <Printable text={setting.value} />
                      </code>
                    ) : (
                      <Printable text={settingWords(setting, setting.value)} />
                    )}
                  </span>,
                ])}
              />
              {canChange && cluster.mode === 'readOnly' && (
                <p className={frame.dim}>
                  Nothing of it is changed from here: the cluster is read-only here.
                </p>
              )}
            </>
          )}
          {theirs.evidence !== null && (
            <details className={s['evidence']}>
              <summary>Evidence</summary>
              <code>
                <Printable text={theirs.evidence} />
              </code>
            </details>
          )}
          {isChanging && (
            <SettingsDialog cluster={cluster} settings={theirs.settings} onClose={() => setChanging(false)} />
          )}
        </>
      )}
    </>
  )
}

function Times({ theirs }: { readonly theirs: ClusterSchedule }) {
  const note = nextNote(theirs)
  if (note === null) return null
  return (
    <div className={s['next']}>
      <h3>Next</h3>
      <NextTimes next={theirs.next} />
      <p className={s['note']}>{note}</p>
    </div>
  )
}
