import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { frame, Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { rulesSentence } from './model/retention-draft.ts'
import { Pins } from './pins.tsx'
import { PreviewDialog } from './preview-dialog.tsx'
import { RulesDialog } from './rules-dialog.tsx'
import s from './schedule.module.css'

/** What is kept of the backups, which are kept for good, and what would be deleted: shown before anything is. */
export function RetentionPart({ cluster }: { readonly cluster: Cluster }) {
  const desk = useDesk()
  const [open, setOpen] = useState<'rules' | 'preview' | null>(null)
  const saved = useQuery(desk.retention.get.queryOptions({ input: { clusterId: cluster.id } }))
  const close = (): void => setOpen(null)
  usePageAct('retention.setRules', (id) => {
    if (id !== cluster.id) return false
    setOpen('rules')
    return true
  })
  usePageAct('retention.apply', (id) => {
    if (id !== cluster.id || (saved.data?.rules ?? saved.data?.usual ?? null) === null) return false
    setOpen('preview')
    return true
  })
  if (saved.isError) return <ErrorLine failure={failureOf(saved.error)} />
  if (saved.data === undefined) return null
  const { rules, usual, sweepsOrphans, pins, sharedWith } = saved.data
  const inForce = rules ?? usual
  return (
    <div className={s['retention']}>
      <section aria-label="What is kept">
        <Section
          end={
            <Button size="xs" variant="subtle" aria-label="Change the rules" onClick={() => setOpen('rules')}>
              Change…
            </Button>
          }
        >
          What is kept
        </Section>
        <p className={s['text']}>
          {inForce === null ? 'Nobody has said what is kept, so nothing is deleted.' : rulesSentence(inForce)}
          {rules === null && inForce !== null && ` These are the usual rules of ${cluster.system}.`}
          {sweepsOrphans && ' What failed uploads left behind goes as well.'}
        </p>
        <p className={s['text']}>
          Holdfast deletes only what a preview showed and somebody confirmed. The newest backup that is proved
          to be whole always stays, and so does all that a kept one needs.
        </p>
        {sharedWith.length > 0 && (
          <p className={s['text']}>
            The same repository is that of <Printable text={sharedWith.join(', ')} />: its pins hold here too.
          </p>
        )}
        {cluster.mode === 'readOnly' && (
          <p className={frame.dim}>Nothing is deleted from here: the cluster is read-only here.</p>
        )}
        <div className={s['acts']}>
          <Button disabled={inForce === null} onClick={() => setOpen('preview')}>
            Preview what goes…
          </Button>
        </div>
      </section>
      <section aria-label="Pinned backups">
        <Pins cluster={cluster} pins={pins} />
      </section>
      {open === 'rules' && <RulesDialog cluster={cluster} saved={saved.data} onClose={close} />}
      {open === 'preview' && inForce !== null && (
        <PreviewDialog cluster={cluster} rules={inForce} sweepsOrphans={sweepsOrphans} onClose={close} />
      )}
    </div>
  )
}
