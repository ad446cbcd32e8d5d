import { useQuery } from '@tanstack/react-query'
import type { Access } from '../../../shared/contract/repositories.ts'
import type { Check } from '../../../shared/contract/values.ts'
import type { SystemName } from '../../../shared/domain/system-name.ts'
import { useClient, useDesk } from '../../lib/client.tsx'
import { useStream, type StreamState } from '../../lib/live.ts'
import { useDebouncedValue } from '../../ui/kit.ts'

export interface TestedAccess {
  readonly system: SystemName
  readonly address: string
  readonly access: Access
  readonly masterKeys: readonly string[]
}

export interface AccessTest {
  readonly stream: StreamState<readonly Check[]>
  /** True where what is shown is of an input that has changed since. */
  readonly isStale: boolean
}

/** Whether all of what is typed now was tested, and nothing of it failed. */
export function hasPassed({ stream, isStale }: AccessTest): boolean {
  return !isStale && stream.status === 'ended' && stream.state.every(({ state }) => state !== 'failed')
}

/** Tests what is typed once the typing rests, line by line; nothing is written. `again`: another number tests anew. */
export function useAccessTest(tested: TestedAccess | null, again = 0): AccessTest {
  const client = useClient()
  return useRestedTest(tested, again, async (given, signal) =>
    client.repositories.test(
      {
        system: given.system,
        address: given.address,
        access: given.access,
        masterKeys: [...given.masterKeys],
      },
      { signal },
    ),
  )
}

/** A test of whatever is typed, begun once the typing rests. Null is not tested. */
export function useRestedTest<Tested>(
  tested: Tested | null,
  again: number,
  start: (tested: Tested, signal: AbortSignal) => Promise<AsyncIterable<Check>>,
): AccessTest {
  // A vault that was unlocked meanwhile is another answer.
  const { data: vault } = useQuery(useDesk().vault.status.queryOptions())
  const text = tested === null ? null : JSON.stringify([again, vault?.state, tested])
  const [rested] = useDebouncedValue(text, 500)
  const stream = useStream<Check, readonly Check[]>({
    key: text === rested ? rested : null,
    initial: [],
    start: async (signal) => {
      if (tested === null) throw new Error('Nothing is tested without an address.')
      return start(tested, signal)
    },
    reduce: (checks, check) =>
      checks.some(({ id }) => id === check.id)
        ? checks.map((each) => (each.id === check.id ? check : each))
        : [...checks, check],
  })
  return { stream, isStale: text !== rested }
}

/** What a test came to, in one sentence and one line. */
export function testWords({ stream, isStale }: AccessTest): {
  readonly title: string
  readonly note: string
} {
  const checks = stream.state
  const of = (state: Check['state']): number => checks.filter((check) => check.state === state).length
  const note = [
    `${of('passed')} passed`,
    ...(of('warning') > 0 ? [`${of('warning')} ${of('warning') === 1 ? 'warning' : 'warnings'}`] : []),
    ...(of('failed') > 0 ? [`${of('failed')} failed`] : []),
  ].join(', ')
  if (stream.status === 'failed') return { title: 'It could not be tested.', note: 'Nothing was written.' }
  if (isStale || (stream.status === 'idle' && checks.length === 0))
    return { title: 'Tests itself as you type.', note: 'Nothing is written.' }
  if (stream.status === 'running') return { title: 'Testing…', note: `${note}. Nothing is written.` }
  if (checks.some(({ code }) => code === 'host.unknownKey'))
    return { title: 'One answer is needed from you.', note: `${note}. Nothing was written.` }
  if (of('failed') > 0) return { title: 'It does not work yet.', note: `${note}. Nothing was written.` }
  return {
    title: of('warning') > 0 ? 'It works, with a remark.' : 'It works.',
    note: `${note}. Nothing was written.`,
  }
}
