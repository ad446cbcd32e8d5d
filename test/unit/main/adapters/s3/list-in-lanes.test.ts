import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { guessSplits } from '../../../../../src/main/adapters/s3/guess-splits.ts'
import { listInLanes } from '../../../../../src/main/adapters/s3/list-in-lanes.ts'
import { nameOf, type ListedPage } from '../../../../../src/main/adapters/s3/list-page.ts'
import type { Walk } from '../../../../../src/main/adapters/s3/walk.ts'
import { compareUtf8 } from '../../../../../src/shared/domain/utf8-order.ts'
import { tries } from '../../../../support/tries.ts'

/** A server that holds these keys and gives pages of this length; answers come back in an order drawn from the seed. */
function serverOf(keys: readonly string[], pageLength: number, seed = 1) {
  const sorted = [...new Set(keys)].sort(compareUtf8)
  const open: (() => void)[] = []
  let random = seed
  const server = {
    sorted,
    pages: 0,
    atOnce: 0,
    most: 0,
    readPage({ token, last }: Walk, signal: AbortSignal): Promise<ListedPage> {
      server.pages += 1
      server.atOnce += 1
      server.most = Math.max(server.most, server.atOnce)
      const behind = last === null ? 0 : sorted.findIndex((key) => compareUtf8(key, last) > 0)
      const start = token === null ? (behind === -1 ? sorted.length : behind) : Number(token)
      const entries = sorted.slice(start, start + pageLength).map((key) => ({
        kind: 'object' as const, key, sizeBytes: 1, etag: null, modifiedAt: null, versionId: null,
      })) // prettier-ignore
      const nextToken = start + pageLength < sorted.length ? `${start + pageLength}` : null
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')))
        open.push(() => {
          server.atOnce -= 1
          resolve({ entries, nextToken })
        })
        setImmediate(() => {
          random = (random * 48_271) % 2_147_483_647
          open.splice(random % open.length, 1)[0]?.()
        })
      })
    },
  }
  return server
}

async function listed(server: ReturnType<typeof serverOf>, prefix = ''): Promise<string[]> {
  const keys: string[] = []
  for await (const page of listInLanes({ readPage: (from, stop) => server.readPage(from, stop), prefix }))
    keys.push(...page.map(nameOf))
  return keys
}

describe('a listing in lanes', () => {
  test('gives every key once and in order, whatever the keys and the order of answers', async () => {
    const key = fc.oneof(
      fc.string({
        minLength: 1,
        maxLength: 8,
        unit: fc.constantFrom('0', '1', '9', 'a', 'Z', '/', '-', '~'),
      }),
      fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }),
      fc.integer({ min: 0, max: 5000 }).map((n) => `2026${n}`),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(key, { maxLength: 300 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 1e9 }),
        async (keys, pageLength, seed) => {
          const server = serverOf(
            keys.filter((one) => one.isWellFormed()),
            pageLength,
            seed,
          )
          expect(await listed(server)).toEqual(server.sorted)
        },
      ),
      { numRuns: tries(200), seed: 7 },
    )
  })

  test.each([
    ['folders named by time', 44, (n: number) => `backups/${timeOf(n * 4)}/store-${n % 6}`],
    ['archives named by time, no folders', 31, (n: number) => `chango-${timeOf(n)}.tar.gz`],
    ['names of random digits', 28, (n: number) => `data/${((n * 2_654_435_761) % 4_294_967_296).toString(16).padStart(8, '0')}`],
    ['counters', 31, (n: number) => `n/${n}`],
  ])('%s: several pages at once, and few in vain', async (_name, mostPages, keyOf) => {
    const server = serverOf(Array.from({ length: 20_000 }, (_, n) => keyOf(n)), 1000)
    expect(await listed(server)).toEqual(server.sorted)
    expect(server.most).toBeGreaterThanOrEqual(4)
    expect(server.pages).toBeLessThanOrEqual(mostPages)
  }) // prettier-ignore

  test('one page is one request', async () => {
    const server = serverOf(['a', 'b'], 1000)
    expect(await listed(server)).toEqual(['a', 'b'])
    expect(server.pages).toBe(1)
  })

  test('a caller that reads slowly is not run ahead of without bound', async () => {
    const server = serverOf(
      Array.from({ length: 30_000 }, (_, n) => `n/${n.toString().padStart(6, '0')}`),
      10,
    )
    const pages = listInLanes({ readPage: (from, stop) => server.readPage(from, stop), prefix: '' })
    await pages.next()
    for (let turn = 0; turn < 1000; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(server.atOnce).toBe(0)
    expect(server.pages).toBeLessThanOrEqual(66)
    await pages.return(undefined)
  })

  test('a page that fails in a later lane fails the listing, and nothing is left running', async () => {
    const server = serverOf(
      Array.from({ length: 20_000 }, (_, n) => `${timeOf(n)}`),
      1000,
    )
    const readPage = async (from: Walk, signal: AbortSignal): Promise<ListedPage> => {
      if (from.last !== null && from.last > '2027') throw new Error('a lane broke')
      return server.readPage(from, signal)
    }
    const run = (async () => {
      for await (const page of listInLanes({ readPage, prefix: '' })) expect(page).toBeDefined()
    })()
    await expect(run).rejects.toThrow('a lane broke')
  })
})

test('guesses lie behind what was read, before the end, ascending, and at digits that count more and more', () => {
  const known = { first: 'b/20260301', last: 'b/20260317', shared: 0, isLong: false }
  expect(guessSplits({ ...known, upTo: null })).toEqual(['b/2026032', 'b/202604', 'b/20261'])
  expect(guessSplits({ ...known, upTo: 'b/20260325' })).toEqual(['b/2026032'])
  expect(guessSplits({ ...known, upTo: 'b/2026031900' })).toEqual([])
})

/** Hours from the beginning of 2026 on, as backup ids write them. */
function timeOf(hour: number): string {
  const iso = new Date(Date.UTC(2026, 0, 1, hour)).toISOString()
  return `${iso.replaceAll(/[-:]|\.000/g, '')}`
}
