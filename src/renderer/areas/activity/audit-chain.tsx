import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { AuditEntry } from '../../../shared/contract/audit.ts'
import { countWords } from '../../../shared/domain/size-words.ts'
import { Crumbs } from '../../app/crumbs.tsx'
import { useClient, useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CopyAsText } from '../../ui/copy-text.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorLine, ErrorPanel } from '../../ui/error-panel.tsx'
import { Facts, frame } from '../../ui/frame.tsx'
import { Hash } from '../../ui/hash.tsx'
import * as Icon from '../../ui/icons.tsx'
import { Button, TextInput } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Status } from '../../ui/status.tsx'
import { Age, Moment } from '../../ui/time.tsx'
import { ActivityTabs } from './jobs.tsx'
import s from './activity.module.css'

const columns = [
  { head: '#', text: ({ seq }: AuditEntry) => String(seq), align: 'right' as const },
  { head: 'When', text: ({ at }: AuditEntry) => at, cell: ({ at }: AuditEntry) => <Moment at={at} /> },
  { head: 'What', text: ({ action }: AuditEntry) => action },
  {
    head: 'Subject',
    text: ({ subject }: AuditEntry) => subject,
    cell: ({ subject }: AuditEntry) => <Printable text={subject} />,
  },
  {
    head: 'Facts',
    text: factsText,
    wrap: true,
    cell: (entry: AuditEntry) => <Printable text={factsText(entry)} />,
  },
  { head: 'By', text: ({ actor }: AuditEntry) => actor },
  {
    head: 'Hash',
    text: ({ hash }: AuditEntry) => hash,
    cell: ({ hash }: AuditEntry) => <Hash value={hash} />,
  },
]

function factsText({ facts, reason }: AuditEntry): string {
  const words = facts.map(({ name, value }) => `${name} ${value === '' ? 'none' : value}`)
  return [...words, ...(reason === null ? [] : [`reason: ${reason}`])].join(', ')
}

const pageSize = 200

/** Everything that was done, each entry holding the hash of the one before. */
export function AuditChain() {
  const desk = useDesk()
  const client = useClient()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { find = '' } = useSearch({ from: '/shell/activity/audit' })
  const [limit, setLimit] = useState(pageSize)
  const status = useQuery(desk.audit.status.queryOptions())
  const entries = useQuery(desk.audit.list.queryOptions({ input: { limit, ...(find !== '' && { find }) } }))
  const verify = useMutation(
    desk.audit.verify.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: desk.audit.key() }),
    }),
  )
  const save = useMutation({
    mutationFn: async () => {
      const parts: string[] = []
      for await (const { text } of await client.audit.export()) parts.push(text)
      saveText(parts)
    },
  })
  const rows = entries.data?.entries ?? []
  return (
    <div className={frame.page}>
      <Crumbs
        of={[{ name: 'Fleet', to: '/' }, { name: 'Activity', to: '/activity/jobs' }, { name: 'Audit chain' }]}
      />
      <div className={s['auditHead']}>
        <h1 className={frame.title}>{titleOf(status.data)}</h1>
        <ActivityTabs at="audit" />
      </div>
      {status.isError && <ErrorPanel failure={failureOf(status.error)} />}
      {status.data !== undefined && (
        <Facts
          of={[
            [
              'State',
              status.data.broken === null ? (
                status.data.checkedAt === null ? (
                  <Status key="state" tone="unknown">
                    Its end fits; the whole was not walked yet since Holdfast started
                  </Status>
                ) : (
                  <Status key="state" tone="good">
                    Whole, walked <Age at={status.data.checkedAt} ago />
                  </Status>
                )
              ) : (
                <Status key="state" tone="bad">
                  Broken at entry {status.data.broken.seq}: {status.data.broken.reason}
                </Status>
              ),
            ],
            [
              'Head',
              status.data.head === null ? (
                'no entry yet'
              ) : (
                <Hash key="head" value={status.data.head} show={64} />
              ),
            ],
            [
              'Checker',
              'resources/audit-check.py walks an exported chain without Holdfast; docs/audit-chain.md says how the chain is made.',
            ],
            ...(status.data.cannotWrite === null
              ? []
              : ([['Cannot be written', status.data.cannotWrite]] as const)),
          ]}
        />
      )}
      <div className={s['auditBar']}>
        <TextInput
          aria-label="Find in the audit chain"
          placeholder="Action, subject, who"
          leftSection={<Icon.Search size={14} />}
          value={find}
          onChange={(event) => {
            const text = event.currentTarget.value
            void navigate({ to: '/activity/audit', search: text === '' ? {} : { find: text }, replace: true })
          }}
          w={280}
        />
        <span>
          <CopyAsText columns={columns} rows={rows} />
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
        </span>
      </div>
      {verify.isError && <ErrorLine failure={failureOf(verify.error)} />}
      {save.isError && <ErrorLine failure={failureOf(save.error)} />}
      {entries.isError && <ErrorLine failure={failureOf(entries.error)} />}
      {entries.data !== undefined && rows.length === 0 && (
        <Empty
          reason="filtered"
          title={find === '' ? 'Nothing was done here yet.' : `No entry has “${find}”.`}
        />
      )}
      {rows.length > 0 && (
        <DataTable label="Audit entries" columns={columns} rows={rows} keyOf={({ seq }) => String(seq)} />
      )}
      {entries.data?.more === true && (
        <p>
          <Button
            onClick={() => setLimit((shown) => Math.min(500, shown + pageSize))}
            disabled={limit >= 500}
          >
            Show older entries
          </Button>{' '}
          {limit >= 500 && 'The newest 500 are shown; find narrows them down, and the export has all.'}
        </p>
      )}
    </div>
  )
}

function titleOf(status: { readonly entries: number; readonly broken: object | null } | undefined): string {
  if (status === undefined) return 'Audit chain'
  return status.broken === null
    ? `${countWords(status.entries)} entries in the audit chain.`
    : 'The audit chain is broken.'
}

function saveText(parts: readonly string[]): void {
  const url = URL.createObjectURL(new Blob([...parts], { type: 'application/jsonl' }))
  const link = document.createElement('a')
  link.href = url
  link.download = 'holdfast-audit.jsonl'
  link.click()
  URL.revokeObjectURL(url)
}
