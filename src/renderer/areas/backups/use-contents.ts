import { useMemo, useState } from 'react'
import type { ContentEvent } from '../../../shared/contract/backups.ts'
import type { Failure } from '../../../shared/domain/failure.ts'
import { useClient } from '../../lib/client.tsx'
import { useStream } from '../../lib/live.ts'

export type ContentEntry = Extract<ContentEvent, { readonly type: 'entries' }>['entries'][number]

interface Listing {
  /** Grows in place while it is read: an archive may have a million entries. */
  readonly entries: ContentEntry[]
  readonly readBytes: number
  /** True once the last entry is known to be the last. */
  readonly isWhole: boolean
  /** Why the archive could not be read to its end. */
  readonly reason: string | null
}

export interface Contents extends Listing {
  readonly state: 'idle' | 'reading' | 'ended' | 'stopped' | 'failed'
  readonly failure: Failure | null
  readonly start: () => void
  readonly stop: () => void
}

/** The entries of a backup's archive, read while it is asked for; stopping or leaving ends the reading on the other side. */
export function useContents(clusterId: string, backupId: string): Contents {
  const client = useClient()
  const [run, setRun] = useState<{ readonly n: number; readonly on: boolean }>({ n: 0, on: false })
  const initial = useMemo(() => freshFor(run.n), [run.n])
  const [kept, setKept] = useState(initial)
  const stream = useStream({
    key: run.on ? `${clusterId} ${backupId} ${run.n}` : null,
    start: (signal) => client.backups.contents({ clusterId, backupId }, { signal }),
    initial,
    reduce,
  })
  const isStopped = !run.on && run.n > 0
  return {
    ...(isStopped ? kept : stream.state),
    state: isStopped ? 'stopped' : stream.status === 'running' ? 'reading' : stream.status,
    failure: stream.failure,
    start: () => setRun(({ n }) => ({ n: n + 1, on: true })),
    stop: () => {
      setKept(stream.state)
      setRun(({ n }) => ({ n, on: false }))
    },
  }
}

/** Each run fills a list of its own. */
function freshFor(_run: number): Listing {
  return { entries: [], readBytes: 0, isWhole: false, reason: null }
}

function reduce(listing: Listing, event: ContentEvent): Listing {
  if (event.type === 'end') return { ...listing, isWhole: event.reason === null, reason: event.reason }
  for (const entry of event.entries) listing.entries.push(entry)
  return { ...listing, readBytes: event.readBytes }
}
