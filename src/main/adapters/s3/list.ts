import { throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import type { ListEntry } from '../../ports/object-store.ts'
import type { S3Connection } from './connection.ts'
import { listInLanes } from './list-in-lanes.ts'
import { listPage, type ListedPage } from './list-page.ts'
import { advance, startWalk, type Walk } from './walk.ts'
import { listing } from './translate.ts'

export interface ListOptions {
  readonly prefix?: string
  readonly delimiter?: '/'
  readonly signal?: AbortSignal
}

/** What `ObjectStore.list` promises. Without a delimiter a long listing is made in several lanes at once. */
export async function* list(connection: S3Connection, options: ListOptions = {}): AsyncGenerator<ListEntry> {
  const { prefix = '', delimiter, signal } = options
  const request = { prefix: connection.prefix + prefix, ...(delimiter !== undefined && { delimiter }) }

  function readPage({ token, last }: Walk, stop?: AbortSignal): Promise<ListedPage> {
    const signals = [signal, stop].filter((one) => one !== undefined)
    return listPage(connection, {
      ...request,
      signal: AbortSignal.any(signals),
      ...(token !== null && { token }),
      ...(last !== null && { after: connection.prefix + last }),
    })
  }

  const pages = delimiter === undefined ? listInLanes({ readPage, prefix }) : onePageAfterAnother(readPage)
  try {
    for await (const page of pages) {
      for (const entry of page) {
        throwIfCancelled(signal)
        yield entry
      }
    }
    throwIfCancelled(signal)
  } catch (error) {
    throw connection.failure(error, {
      doing: listing(request.prefix),
      reads: true,
      signal,
    })
  }
}

async function* onePageAfterAnother(
  readPage: (from: Walk) => Promise<ListedPage>,
): AsyncGenerator<readonly ListEntry[]> {
  const walk = startWalk()
  do {
    const { entries, nextToken } = await readPage(walk)
    advance(walk, entries, nextToken)
    yield entries
  } while (walk.token !== null)
}
