import { throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import type { ListEntry } from '../../ports/object-store.ts'
import type { S3Connection } from './connection.ts'
import { listPage, type PageRequest } from './list-page.ts'
import { listInLanes } from './list-in-lanes.ts'
import { advance, startWalk } from './walk.ts'

export interface ListOptions {
  readonly prefix?: string
  readonly delimiter?: '/'
  readonly signal?: AbortSignal
}

/** What `ObjectStore.list` promises. Without a delimiter a long listing is made in several lanes at once. */
export async function* list(connection: S3Connection, options: ListOptions = {}): AsyncGenerator<ListEntry> {
  const { prefix = '', delimiter, signal } = options
  const request: PageRequest = {
    prefix: connection.prefix + prefix,
    ...(delimiter !== undefined && { delimiter }),
    ...(signal !== undefined && { signal }),
  }
  const pages =
    delimiter === undefined ? listInLanes(connection, request) : onePageAfterAnother(connection, request)
  for await (const page of pages) {
    for (const entry of page) {
      throwIfCancelled(signal)
      yield entry
    }
  }
  throwIfCancelled(signal)
}

async function* onePageAfterAnother(
  connection: S3Connection,
  request: PageRequest,
): AsyncGenerator<readonly ListEntry[]> {
  const walk = startWalk()
  for (;;) {
    const page = await listPage(connection, { ...request, ...(walk.token !== null && { token: walk.token }) })
    try {
      advance(walk, page.entries, page.nextToken)
    } catch (error) {
      throw connection.failure(error, { doing: `list "${request.prefix}" in`, reads: true })
    }
    yield page.entries
    if (page.nextToken === null) return
  }
}
