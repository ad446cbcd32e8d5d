import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Repository as RepositoryFacts } from '../../../shared/contract/repositories.ts'
import { Crumbs } from '../../app/crumbs.tsx'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { Empty } from '../../ui/empty.tsx'
import { ErrorLine, ErrorPanel } from '../../ui/error-panel.tsx'
import { frame } from '../../ui/frame.tsx'
import { BrowseView } from './browse-view.tsx'
import { PostureView } from './posture-view.tsx'
import { RepositoryActs } from './repository-acts.tsx'
import { Orphans, UsageView } from './usage-view.tsx'
import s from './repositories.module.css'

const route = getRouteApi('/shell/repositories/$id')

/** One repository: how well it is protected, what it holds, what sharing saves, what nothing points to, and its objects folder by folder. */
export function Repository() {
  const { id } = route.useParams()
  const desk = useDesk()
  const repositories = useQuery(desk.repositories.list.queryOptions())
  const repository = repositories.data?.find((one) => one.id === id)
  return (
    <div className={s['page']}>
      <Crumbs
        of={[
          { name: 'Fleet', to: '/' },
          { name: 'Repositories', to: '/repositories' },
          { name: repository?.name ?? 'Repository' },
        ]}
      />
      {repository !== undefined ? (
        <Known repository={repository} />
      ) : repositories.isError ? (
        <ErrorPanel failure={failureOf(repositories.error)} onRetry={() => void repositories.refetch()} />
      ) : repositories.data === undefined ? (
        <Empty reason="listing" title="Looking up the repository." />
      ) : (
        <Empty
          reason="wrongPlace"
          title="There is no such repository here."
          why="It may have been removed."
        />
      )}
    </div>
  )
}

function Known({ repository }: { readonly repository: RepositoryFacts }) {
  const desk = useDesk()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const usage = useQuery({
    ...desk.repositories.usage.queryOptions({ input: { id: repository.id } }),
    staleTime: 60_000,
  })
  const { seen, clusters } = repository
  return (
    <>
      <h1>{repository.name}</h1>
      <p className={s['lead']}>
        {repository.system}, <code>{repository.address}</code>
        {clusters.length > 0 && ', used by '}
        {clusters.map(({ id, name }, at) => (
          <span key={id}>
            {at > 0 && ', '}
            <Link className={frame.link} to="/clusters/$id/backups" params={{ id }}>
              {name}
            </Link>
          </span>
        ))}
      </p>
      <RepositoryActs repository={repository} />
      {seen?.failure && <ErrorLine failure={seen.failure} />}
      <PostureView repository={repository} />
      <div className={s['cols']}>
        <div>
          {usage.isError ? (
            <ErrorPanel failure={failureOf(usage.error)} onRetry={() => void usage.refetch()} />
          ) : usage.data === undefined ? (
            <Empty
              reason="listing"
              title="Listing the repository."
              facts={[['Looking in', repository.address]]}
            />
          ) : (
            <>
              <UsageView usage={usage.data} />
              <Orphans orphans={usage.data.orphans} />
            </>
          )}
        </div>
        <div>
          <BrowseView
            repositoryId={repository.id}
            prefix={search.prefix ?? ''}
            onPrefix={(prefix) =>
              void navigate({ search: prefix === '' ? {} : { prefix }, resetScroll: false })
            }
          />
        </div>
      </div>
    </>
  )
}
