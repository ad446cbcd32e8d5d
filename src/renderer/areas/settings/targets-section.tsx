import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { RestoreTargetEntry } from '../../../shared/contract/restore.ts'
import { commandLine } from '../../../shared/domain/command-line.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { useFleet } from '../../lib/use-fleet.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { CopyTable } from '../../ui/copy-table.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { frame, Section } from '../../ui/frame.tsx'
import { BackupId } from '../../ui/hash.tsx'
import { Button, Modal } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Age } from '../../ui/time.tsx'
import { RollBack } from '../../wizards/restore/roll-back.tsx'
import { targetState } from './model/target-words.ts'
import s from './settings.module.css'

/** The places that this installation knows: where backups are looked for, and where something was restored into. */
export function TargetsSection() {
  const desk = useDesk()
  const targets = useQuery(desk.restore.targets.queryOptions())
  const repositories = useQuery(desk.repositories.list.queryOptions())
  const clusters = (useFleet() ?? []).map(({ cluster }) => cluster)
  const [rolling, setRolling] = useState<RestoreTargetEntry | null>(null)
  const nameOf = (id: string | null): string => clusters.find((one) => one.id === id)?.name ?? ''
  const rows = targets.data ?? []
  usePageAct('restore.startRollback', (dir) => {
    const target = rows.find((one) => one.dir === dir && one.canRollBack)
    if (target !== undefined) setRolling(target)
    return target !== undefined
  })
  return (
    <>
      <Section
        note={rows.length}
        end={
          <CopyTable
            name="restore-folders"
            rows={rows}
            columns={[
              { head: 'Folder', text: ({ dir }) => dir },
              { head: 'Cluster', text: ({ clusterId }) => nameOf(clusterId) },
              { head: 'Backup', text: ({ backupId }) => backupId ?? '' },
              { head: 'Used', text: ({ usedAt }) => usedAt },
              { head: 'Last restore', text: targetState },
            ]}
          />
        }
      >
        Folders of restores
      </Section>
      {repositories.data !== undefined && (
        <p className={s['text']}>
          {repositories.data.length === 0 ? (
            'No repository is known yet.'
          ) : (
            <>
              Backups are looked for in{' '}
              <Link className={frame.link} to="/repositories">
                {countOf(repositories.data.length, 'repository', 'repositories')}
              </Link>
              .
            </>
          )}
          {rows.length === 0 && targets.isSuccess && ' Nothing was restored from here yet.'}
        </p>
      )}
      {targets.isError && <ErrorLine failure={failureOf(targets.error)} />}
      <ul aria-label="Folders of restores">
        {rows.map((target) => (
          <li key={target.dir} className={s['credential']}>
            <p>
              <code className={s['path']}>
                <Printable text={target.dir} />
              </code>
            </p>
            <small>
              {target.clusterId !== null && nameOf(target.clusterId) !== '' && (
                <>
                  <Link className={frame.link} to="/clusters/$id/overview" params={{ id: target.clusterId }}>
                    <Printable text={nameOf(target.clusterId)} />
                  </Link>
                  {', '}
                </>
              )}
              {target.backupId !== null && (
                <>
                  <BackupId id={target.backupId} />
                  {', '}
                </>
              )}
              used <Age at={target.usedAt} ago short />, {targetState(target)}
            </small>
            <div className={s['rowActs']}>
              {target.canRollBack && (
                <Button
                  size="xs"
                  variant="subtle"
                  aria-label={`Roll back the restore in ${target.dir}`}
                  onClick={() => setRolling(target)}
                >
                  Roll back…
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
      <AskRollBack
        target={rolling}
        mode={clusters.find(({ id }) => id === rolling?.clusterId)?.mode ?? 'normal'}
        onClose={() => setRolling(null)}
      />
    </>
  )
}

interface AskProps {
  readonly target: RestoreTargetEntry | null
  readonly mode: 'normal' | 'protected' | 'readOnly'
  readonly onClose: () => void
}

function AskRollBack({ target, mode, onClose }: AskProps) {
  const navigate = useNavigate()
  return (
    <Modal opened={target !== null} onClose={onClose} title="Roll back" size={680} centered>
      {target !== null && (
        <>
          <RollBack
            targetDir={target.dir}
            mode={mode}
            onCancel={onClose}
            onStarted={(id) => void navigate({ to: '/activity/jobs/$id', params: { id } })}
          />
          <CommandLine
            apart
            command={commandLine(['holdfast', 'restore', '--rollback', '--target', target.dir])}
          />
        </>
      )}
    </Modal>
  )
}
