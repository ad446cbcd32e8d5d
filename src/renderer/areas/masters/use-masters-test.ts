import type { ConnectionValues } from '../../../shared/contract/connection-fields.ts'
import { useClient } from '../../lib/client.tsx'
import { useRestedTest, type AccessTest } from '../access/use-access-test.ts'

/** Puts the masters' questions over a connection that need not be kept, once the typing rests. Null: there is none to test. */
export function useMastersTest(
  clusterId: string,
  values: ConnectionValues | null,
  again: number,
): AccessTest {
  const client = useClient()
  return useRestedTest(values, again, async (given, signal) =>
    client.masters.test({ id: clusterId, values: given }, { signal }),
  )
}
