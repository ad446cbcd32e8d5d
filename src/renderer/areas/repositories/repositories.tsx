import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Repository } from '../../../shared/contract/repositories.ts'
import { bytesWords, countOf, countWords } from '../../../shared/domain/size-words.ts'
import { Crumbs } from '../../app/crumbs.tsx'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CopyTable } from '../../ui/copy-table.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { frame } from '../../ui/frame.tsx'
import * as Icon from '../../ui/icons.tsx'
import { Button } from '../../ui/kit.ts'
import { Status } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import s from './repositories.module.css'

/** Every place that backups are looked for in. */
export function Repositories() {
  const repositories = useQuery(useDesk().repositories.list.queryOptions())
  return (
    <div className={s['page']}>
      <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: 'Repositories' }]} />
      <div className={s['top']}>
        <h1>Repositories</h1>
        <Button
          renderRoot={(props) => <Link to="/add/repository" {...props} />}
          leftSection={<Icon.Plus size={14} />}
        >
          Add repository
        </Button>
      </div>
      {repositories.isError ? (
        <ErrorPanel failure={failureOf(repositories.error)} onRetry={() => void repositories.refetch()} />
      ) : repositories.data === undefined ? (
        <Empty reason="listing" title="Looking up the repositories." />
      ) : (
        <List repositories={repositories.data} />
      )}
    </div>
  )
}

function List({ repositories }: { readonly repositories: readonly Repository[] }) {
  if (repositories.length === 0)
    return (
      <Empty
        reason="noBackups"
        title="No repository is known yet."
        why="A repository is added together with the first cluster that keeps its backups there, or by itself, to copy into."
      />
    )
  return (
    <>
      <p className={s['lead']}>
        {countOf(repositories.length, 'place')} that backups are looked for in. Holdfast talks to no other.
      </p>
      <table className={frame.table} aria-label="Repositories">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Name</th>
            <th scope="col">Address</th>
            <th scope="col">Clusters</th>
            <th scope="col" data-r>
              Backups
            </th>
            <th scope="col" data-r>
              Objects
            </th>
            <th scope="col" data-r>
              Stored
            </th>
          </tr>
        </thead>
        <tbody>
          {repositories.map((repository) => (
            <Row key={repository.id} repository={repository} />
          ))}
        </tbody>
      </table>
      <CopyTable
        name="repositories"
        rows={repositories}
        columns={[
          { head: 'Name', text: ({ name }) => name },
          { head: 'Address', text: ({ address }) => address },
          { head: 'System', text: ({ system }) => system },
          { head: 'Seen', text: ({ seen }) => seen?.at ?? 'never' },
          { head: 'Backups', text: ({ seen }) => String(seen?.backups ?? '') },
          { head: 'Objects', text: ({ seen }) => String(seen?.objects ?? '') },
          { head: 'Stored bytes', text: ({ seen }) => String(seen?.storedBytes ?? '') },
        ]}
      />
    </>
  )
}

function Row({ repository: { id, name, address, clusters, seen } }: { readonly repository: Repository }) {
  return (
    <tr>
      <td>
        {seen === null ? (
          <Status tone="none">Not looked at yet</Status>
        ) : seen.failure === null ? (
          <Status tone="good" age={<Age at={seen.at} />}>
            Readable
          </Status>
        ) : (
          <span title={seen.failure.what}>
            <Status tone="bad" age={<Age at={seen.at} />}>
              Not readable
            </Status>
          </span>
        )}
      </td>
      <td>
        <Link className={frame.link} to="/repositories/$id" params={{ id }}>
          {name}
        </Link>
      </td>
      <td className={s['clip']} title={address}>
        <code>{address}</code>
      </td>
      <td>{clusters.map((cluster) => cluster.name).join(', ') || <span className={s['dim']}>none</span>}</td>
      <td data-r>{seen === null ? '' : countWords(seen.backups)}</td>
      <td data-r>{seen === null ? '' : countWords(seen.objects)}</td>
      <td data-r>{seen === null ? '' : bytesWords(seen.storedBytes)}</td>
    </tr>
  )
}
