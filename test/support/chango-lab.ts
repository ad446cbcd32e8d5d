import { expect, onTestFinished, type TestContext } from 'vitest'
import type { Run } from '../../src/shared/contract/runbooks.ts'
import { startChangoHosts, type ChangoHosts } from '../lab/runbooks/chango.ts'
import { bucket, login, masterKey } from './chango-secrets.ts'
import { openChangoDesk, type ChangoDesk, type ChangoDeskOptions } from './chango-runs.ts'

export { canary, login, masterKey } from './chango-secrets.ts'

/** Two hosts, until the test is over. */
export async function hostsOf(context: TestContext, dialect: 1 | 2): Promise<ChangoHosts> {
  const hosts = await startChangoHosts({ dialect, masterKey, login })
  if ('skip' in hosts) return context.skip(hosts.skip)
  onTestFinished(async () => hosts.stop())
  return hosts
}

export async function deskOf(hosts: ChangoHosts, more: Partial<ChangoDeskOptions> = {}): Promise<ChangoDesk> {
  const desk = await openChangoDesk(hosts, { masterKeys: { key: masterKey }, login, bucket, ...more })
  onTestFinished(async () => desk.close())
  return desk
}

/** In all that a run leaves behind, here and on the hosts. */
export async function expectNoSecret(
  hosts: ChangoHosts,
  desk: ChangoDesk,
  more: readonly string[] = [],
): Promise<void> {
  const written = JSON.stringify([...desk.place.runs.values()])
  const recorded = (await hosts.record()).join('\n')
  for (const secret of [masterKey, login.password, bucket.secretAccessKey, ...more]) {
    expect(written).not.toContain(secret)
    expect(recorded).not.toContain(secret)
  }
  expect(recorded).not.toMatch(/shown=\w*yes/)
}

/** For the message of an expectation. */
export function said(run: Run): string {
  return run.list
    .filter(({ state }) => state !== 'todo')
    .map(({ id, state, sentence }) => `${id} ${state} ${sentence ?? ''}`)
    .join('\n')
}

export function isStart(line: string): boolean {
  return / start-master /.test(line)
}

export async function untilSo(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10))
}
