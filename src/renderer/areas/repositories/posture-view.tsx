import { useQuery } from '@tanstack/react-query'
import type { Repository, RepositoryPosture } from '../../../shared/contract/repositories.ts'
import { postureCounts, postureTitles, worstChecksFirst } from '../../../shared/domain/posture-check.ts'
import { clusterCommand } from '../../../shared/domain/cluster-command.ts'
import { repositoryCommand } from '../../../shared/domain/repository-command.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { CopyTable } from '../../ui/copy-table.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { frame, Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Status } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import { postureTones, postureWords } from './model.ts'
import s from './repositories.module.css'

/**
 * How well a repository is protected against losing or leaking its backups: as it was last judged, and anew by a press, as that reads
 * there.
 */
export function PostureView({ repository }: { readonly repository: Repository }) {
  const desk = useDesk()
  const asked = desk.repositories.posture.queryOptions({ input: { id: repository.id } })
  const posture = useQuery({
    ...asked,
    // What another address has told is nothing of this one.
    queryKey: [...asked.queryKey, repository.address, repository.access],
    enabled: false,
  })
  const last = useQuery(desk.repositories.lastPosture.queryOptions({ input: { id: repository.id } }))
  const { isFetching, isError, error } = posture
  const data = posture.data ?? last.data ?? null
  const look = (): void => void posture.refetch()
  usePageAct('repositories.posture', (id) => {
    if (id !== repository.id) return false
    look()
    return true
  })
  return (
    <>
      <Section
        note={data && <Age at={data.asOf} ago />}
        end={
          data && (
            <CopyTable
              name="posture"
              rows={data.checks}
              columns={[
                { head: 'State', text: ({ state }) => postureWords[state] },
                { head: 'Check', text: ({ id }) => postureTitles[id] },
                { head: 'Found', text: ({ sentence }) => sentence },
                { head: 'Evidence', text: ({ evidence }) => evidence.join('; ') },
                { head: 'Next', text: ({ next }) => next ?? '' },
              ]}
            />
          )
        }
      >
        Posture
      </Section>
      <p className={s['note']}>
        {data === null
          ? 'What the place says of its settings and locks, and whether a key lies beside the backups. It only reads.'
          : `${postureCounts(data.checks)}.`}
      </p>
      <div className={s['acts']}>
        <Button onClick={look} loading={isFetching}>
          {data === null ? 'Look at it now' : 'Look again'}
        </Button>
      </div>
      {isError && <ErrorPanel failure={failureOf(error)} onRetry={look} />}
      {data && <Checks checks={data.checks} />}
      <CommandLine apart command={postureCommand(repository)} />
    </>
  )
}

/** Of a repository that a cluster uses, as that is saved; nothing has to be filled in. */
function postureCommand(repository: Repository): string {
  const [cluster] = repository.clusters
  return cluster === undefined
    ? repositoryCommand('posture', repository)
    : clusterCommand('posture', cluster.name)
}

function Checks({ checks }: Pick<RepositoryPosture, 'checks'>) {
  return (
    <table className={frame.table} aria-label="How well it is protected">
      <thead>
        <tr>
          <th>State</th>
          <th>Check</th>
          <th>Found</th>
        </tr>
      </thead>
      <tbody>
        {worstChecksFirst(checks).map(({ id, state, sentence, evidence, next }) => (
          <tr key={id}>
            <td>
              <Status tone={postureTones[state]}>{postureWords[state]}</Status>
            </td>
            <td>{postureTitles[id]}</td>
            <td className={s['found']}>
              <Printable text={sentence} />
              {evidence.length > 0 && (
                <ul className={s['evidence']}>
                  {evidence.map((line) => (
                    <li key={line}>
                      <Printable text={line} />
                    </li>
                  ))}
                </ul>
              )}
              {next !== undefined && (
                <div>
                  <Printable text={next} />
                </div>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
