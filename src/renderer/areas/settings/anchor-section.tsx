import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { AnchorStatus } from '../activity/anchor-status.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Facts, Section } from '../../ui/frame.tsx'
import { Button, Modal } from '../../ui/kit.ts'
import { AnchorForm } from './anchor-form.tsx'
import { useSettings } from './use-settings.ts'
import s from './settings.module.css'

/** Whether heads of the audit chain are kept out of this account's reach, and where. */
export function AnchorSection() {
  const desk = useDesk()
  const queries = useQueryClient()
  const { settings } = useSettings()
  const status = useQuery(desk.audit.status.queryOptions())
  const [isAsking, setAsking] = useState(false)
  usePageAct('settings.set', (part) => {
    if (part !== 'auditAnchor' || settings === undefined) return false
    setAsking(true)
    return true
  })
  const stop = useMutation(
    desk.settings.set.mutationOptions({
      onSuccess: async (changed) => {
        queries.setQueryData(desk.settings.get.queryKey(), changed)
        await queries.invalidateQueries({ queryKey: desk.audit.status.queryKey() })
      },
    }),
  )
  if (settings === undefined) return null
  const { auditAnchor } = settings
  const anchor = status.data?.anchor ?? null
  return (
    <>
      <Section>Anchors of the audit chain</Section>
      {auditAnchor === null ? (
        <p className={s['text']}>
          Whoever can write as this account can write the whole chain anew. Heads of it in a bucket that locks
          what is written to it show that; none are kept now.
        </p>
      ) : (
        <Facts
          of={[
            [
              'Place',
              <code key="place" className={s['path']}>
                {auditAnchor.address}
              </code>,
            ],
            ...(anchor === null ? [] : [['State', <AnchorStatus key="state" anchor={anchor} />] as const]),
            [
              'Written',
              `every ${auditAnchor.everyEntries} entries or ${auditAnchor.everyMinutes} m, and around each restore; locked for ${auditAnchor.keepDays} d`,
            ],
          ]}
        />
      )}
      {stop.isError && <ErrorLine failure={failureOf(stop.error)} />}
      <div className={s['acts']}>
        <Button onClick={() => setAsking(true)}>{auditAnchor === null ? 'Keep anchors…' : 'Change…'}</Button>
        {auditAnchor !== null && (
          <Button
            variant="subtle"
            onClick={() => stop.mutate({ auditAnchor: null })}
            loading={stop.isPending}
          >
            Keep none
          </Button>
        )}
      </div>
      <Modal opened={isAsking} onClose={() => setAsking(false)} title="Anchors of the audit chain" centered>
        {isAsking && <AnchorForm now={auditAnchor} onDone={() => setAsking(false)} />}
      </Modal>
    </>
  )
}
