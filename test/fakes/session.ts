import type { Clock } from '../../src/main/ports/clock.ts'
import type { Session } from '../../src/main/ports/cluster-driver.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'

/** A session that gives what the test gives, and says so where anything else is asked for. */
export function fakeSession(
  cluster: Session['cluster'],
  signal: AbortSignal,
  gives: Partial<Session> & { readonly clock?: Clock } = {},
): Session {
  const none = async (): Promise<never> => Promise.reject(new Error('the test does not give this'))
  return {
    cluster,
    clock: systemClock,
    random: systemRandom,
    signal,
    http: none,
    grpc: none,
    host: none,
    login: none,
    token: none,
    replaceToken: none,
    keySalt: () => new Uint8Array(16),
    password: none,
    s3: none,
    masterKeys: none,
    byteWork: none,
    repository: none,
    bucket: none,
    ...gives,
  }
}
