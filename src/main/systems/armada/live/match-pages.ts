import type { KeyValue } from './key-values.ts'

export type Difference =
  /** Wanted, and not there. */
  | { readonly kind: 'missing'; readonly wanted: KeyValue }
  /** There, and not wanted. */
  | { readonly kind: 'extra'; readonly key: Uint8Array }
  /** Only where values are compared. */
  | { readonly kind: 'differs'; readonly wanted: KeyValue }

type Pages = AsyncGenerator<readonly KeyValue[], unknown, undefined>

/**
 * Goes through two lists of keys side by side, both in byte order, and gives every key in which they differ. Memory is one page of each,
 * however many keys there are.
 */
export async function* matchPages(
  wanted: Pages,
  there: Pages,
  { withValues }: { readonly withValues: boolean },
): AsyncGenerator<Difference, void, undefined> {
  let page: readonly KeyValue[] = []
  let at = 0

  /** Null at the end. */
  async function current(): Promise<KeyValue | null> {
    const known = page[at]
    if (known !== undefined) return known
    const next = await there.next()
    if (next.done === true) return null
    page = next.value
    at = 0
    return current()
  }

  try {
    let found = await current()
    for await (const records of wanted) {
      for (const record of records) {
        while (found !== null && Buffer.compare(found.key, record.key) < 0) {
          yield { kind: 'extra', key: found.key }
          at += 1
          found = page[at] ?? (await current())
        }
        if (found === null || Buffer.compare(found.key, record.key) !== 0) {
          yield { kind: 'missing', wanted: record }
          continue
        }
        if (withValues && Buffer.compare(found.value, record.value) !== 0)
          yield { kind: 'differs', wanted: record }
        at += 1
        found = page[at] ?? (await current())
      }
    }
    while (found !== null) {
      yield { kind: 'extra', key: found.key }
      at += 1
      found = await current()
    }
  } finally {
    await there.return(undefined)
  }
}
