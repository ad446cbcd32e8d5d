import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { AuditStatus } from '../../../shared/contract/audit.ts'
import { countOf, countWords } from '../../../shared/domain/size-words.ts'
import { Crumbs } from '../../app/crumbs.tsx'
import { usePageAct } from '../../app/page-act.ts'
import { useClient, useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { saveText } from '../../lib/save-text.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { CopyTable } from '../../ui/copy-table.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorLine, ErrorPanel } from '../../ui/error-panel.tsx'
import { Facts, frame } from '../../ui/frame.tsx'
import { Hash } from '../../ui/hash.tsx'
import * as Icon from '../../ui/icons.tsx'
import { FindField } from '../../ui/find-field.tsx'
import { Button } from '../../ui/kit.ts'
import { Status } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import { ActivityTabs } from './activity-tabs.tsx'
import { AnchorStatus } from './anchor-status.tsx'
import { auditColumns } from './audit-columns.ts'
import { AuditTable } from './audit-table.tsx'
import s from './audit.module.css'

const pageSize = 100
const exportedName = 'holdfast-audit.jsonl'

/** Everything that was done, each entry holding the hash of the one before. */
export function AuditChain() {
  const desk = useDesk()
  const navigate = useNavigate()
  const { find = '' } = useSearch({ from: '/shell/activity/audit' })
  const status = useQuery(desk.audit.status.queryOptions())
  const entries = useInfiniteQuery({
    ...desk.audit.list.infiniteOptions({
      input: (before: number | undefined) => ({
        limit: pageSize,
        ...(before !== undefined && { before }),
        ...(find !== '' && { find }),
      }),
      initialPageParam: undefined,
      getNextPageParam: ({ entries: shown, more }) => (more ? shown.at(-1)?.seq : undefined),
    }),
    placeholderData: keepPreviousData,
  })
  const rows = entries.data?.pages.flatMap((page) => page.entries) ?? []
  return (
    <div className={frame.page}>
      <Crumbs
        of={[{ name: 'Fleet', to: '/' }, { name: 'Activity', to: '/activity/jobs' }, { name: 'Audit chain' }]}
      />
      <div className={s['head']}>
        <h1 className={frame.title}>{titleOf(status.data)}</h1>
        <ActivityTabs at="audit" />
      </div>
      {status.isError && <ErrorPanel failure={failureOf(status.error)} />}
      {status.data !== undefined && <ChainFacts status={status.data} />}
      <div className={s['twins']}>
        <CommandLine label="Walk it on the command line" command="holdfast audit verify" />
        <CommandLine
          label="Export it on the command line"
          command={`holdfast audit export --to ${exportedName}`}
        />
      </div>
      <div className={s['bar']}>
        <FindField
          className={s['find']}
          label="Find in the audit chain"
          placeholder="Action, subject, fact, who"
          words={find}
          maxLength={200}
          onFind={(text) => void navigate({ to: '/activity/audit', search: { find: text }, replace: true })}
        />
        <span>
          <CopyTable name="audit-entries" columns={auditColumns} rows={rows} />
          <ChainActions />
        </span>
      </div>
      {entries.isError && <ErrorLine failure={failureOf(entries.error)} />}
      {entries.data !== undefined && rows.length === 0 && (
        <Empty
          reason="filtered"
          title={find === '' ? 'Nothing was done here yet.' : `No entry has “${find}”.`}
        />
      )}
      {rows.length > 0 && <AuditTable entries={rows} />}
      {rows.length > 0 && (
        <p className={s['more']}>
          {entries.hasNextPage && (
            <Button
              size="xs"
              loading={entries.isFetchingNextPage}
              onClick={() => void entries.fetchNextPage()}
            >
              Show older entries
            </Button>
          )}
          {countOf(rows.length, 'entry', 'entries')} shown{entries.hasNextPage ? '' : ', down to the first'}.
        </p>
      )}
    </div>
  )
}

function ChainFacts({ status }: { readonly status: AuditStatus }) {
  const { broken, checkedAt, head, cannotWrite, anchor } = status
  return (
    <Facts
      of={[
        [
          'State',
          broken !== null ? (
            <Status key="state" tone="bad">
              Broken at entry {countWords(broken.seq)}: {broken.reason}
            </Status>
          ) : checkedAt === null ? (
            <Status key="state" tone="unknown">
              Its end fits; the whole was not walked yet since Holdfast started
            </Status>
          ) : (
            <Status key="state" tone="good">
              Whole, walked <Age at={checkedAt} ago />
            </Status>
          ),
        ],
        [
          'Anchors',
          anchor === null ? (
            'none are kept elsewhere (Settings)'
          ) : (
            <AnchorStatus key="anchor" anchor={anchor} />
          ),
        ],
        ['Head', head === null ? 'no entry yet' : <Hash key="head" value={head} show={64} />],
        [
          'Checker',
          <span key="checker">
            <code>resources/audit-check.py</code> in this installation walks an exported chain without
            Holdfast.
          </span>,
        ],
        ...(cannotWrite === null
          ? []
          : ([
              [
                'Cannot be written',
                <Status key="write" tone="bad">
                  {cannotWrite} Nothing that changes anything is started.
                </Status>,
              ],
            ] as const)),
      ]}
    />
  )
}

function ChainActions() {
  const desk = useDesk()
  const client = useClient()
  const queries = useQueryClient()
  const verify = useMutation(
    desk.audit.verify.mutationOptions({
      onSuccess: (status) => queries.setQueryData(desk.audit.status.queryKey(), status),
    }),
  )
  const save = useMutation({
    mutationFn: async () => {
      const parts: string[] = []
      for await (const { text } of await client.audit.export()) parts.push(text)
      saveText(parts, { name: exportedName, type: 'application/jsonl' })
    },
  })
  usePageAct('audit.verify', () => {
    verify.mutate(undefined)
    return true
  })
  usePageAct('audit.export', () => {
    save.mutate()
    return true
  })
  return (
    <>
      {verify.isError && <ErrorLine failure={failureOf(verify.error)} />}
      {save.isError && <ErrorLine failure={failureOf(save.error)} />}
      <Button onClick={() => verify.mutate(undefined)} loading={verify.isPending}>
        Walk it again
      </Button>
      <Button
        leftSection={<Icon.Download size={14} />}
        onClick={() => save.mutate()}
        loading={save.isPending}
      >
        Export
      </Button>
    </>
  )
}

function titleOf(status: AuditStatus | undefined): string {
  if (status === undefined) return 'Audit chain'
  if (status.broken !== null) return `The audit chain is broken at entry ${countWords(status.broken.seq)}.`
  return `${countOf(status.entries, 'entry', 'entries')} in the audit chain.`
}
