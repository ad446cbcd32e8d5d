import { spawn, execFile, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../../../src/main/adapters/system/clock.ts'
import { findKeyHolders } from '../../../../../src/main/systems/any/key-on-hosts.ts'
import { lostKey } from '../../../../../src/main/systems/any/x-3.ts'
import type { MasterKey } from '../../../../../src/main/ports/master-key.ts'
import type { RemoteHost } from '../../../../../src/main/ports/remote-host.ts'
import type { RunbookSetting } from '../../../../../src/main/ports/runbook.ts'
import { HoldfastError } from '../../../../../src/shared/domain/error.ts'
import { sshValues } from '../../../../../src/shared/contract/connection-fields.ts'
import { givenSecrets } from '../../../../fakes/secrets.ts'
import { fakeHost } from '../../../../fakes/remote-host.ts'
import { fakeRecovery } from '../../../../fakes/recovery.ts'
import { fakeSession } from '../../../../fakes/session.ts'
import { goThrough, openRunbookDesk, startRun } from '../../../../support/runbook-runs.ts'

const secret = 'canary-9f3a-of-a-key'
const ssh = sshValues.parse({})
const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill()
})

/** A process of this machine that has the key in its environment, as a master does. */
async function processWithKey(variable: string, value: string): Promise<number> {
  const child = spawn('sleep', ['600'], { env: { ...process.env, [variable]: value }, stdio: 'ignore' })
  started.push(child)
  await once(child, 'spawn')
  return child.pid ?? 0
}

/** A host whose commands run on this machine. */
function thisMachine(name: string) {
  return fakeHost(
    async ({ argv }) => {
      const [program, ...rest] = argv
      return new Promise((resolve) => {
        execFile(program, rest, (error, stdout, stderr) =>
          resolve({ stdout, stderr, code: error === null ? 0 : 1 }),
        )
      })
    },
    { clock: systemClock, name },
  )
}

async function keyOf(text: string, label = 'the kept key'): Promise<MasterKey> {
  const key = await givenSecrets({ [label]: text }).masterKey(label, { subject: 'core', purpose: 'test' })
  return key
}

const setting = (
  system: RunbookSetting['cluster']['system'],
  hosts: readonly string[] = ['root@m1'],
): RunbookSetting => ({
  cluster: { name: 'core', system, connection: { hosts: [...hosts], ssh } },
  inputs: {},
})

const chain = [{ backupId: 'b1', createdAt: '2026-11-20T02:00:00.000Z', objects: ['kms'] }]

async function deskWith(options: {
  readonly keys?: () => Promise<readonly MasterKey[]>
  readonly host?: (address: string) => Promise<RemoteHost>
  readonly damaged?: readonly string[]
}) {
  const { keys = async () => [], host = async (address) => thisMachine(address), damaged = [] } = options
  const recovery = fakeRecovery(chain, damaged)
  return openRunbookDesk({
    runbooks: [lostKey],
    session: (signal) => fakeSession({ name: 'core', system: 'kiok' }, signal, { masterKeys: keys, host }),
    recovery: () => recovery,
  })
}

const states = (run: { readonly list: readonly { readonly id: string; readonly state: string }[] }) =>
  run.list.map(({ id, state }) => `${id} ${state}`)

describe('a key in the environment of a process', () => {
  test('is found by its variable, compared by a hash over a label, and never told', async () => {
    const pid = await processWithKey('HOLDFAST_TEST_KEY', secret)
    await processWithKey('HOLDFAST_TEST_KEY_OTHER', secret)
    const host = thisMachine('root@m1')
    const context = {
      session: fakeSession({ name: 'core', system: 'kiok' }, new AbortController().signal, {
        host: async () => host,
      }),
    }
    const wanted = { variable: 'HOLDFAST_TEST_KEY', files: ['/nonexistent/key'], label: 'holdfast run-1' }
    const holders = await findKeyHolders({ address: 'root@m1', ssh }, wanted, context)
    const key = await keyOf(secret)
    expect(holders).toEqual([
      { host: 'root@m1', what: `process ${pid} (sleep)`, sha256: key.sha256After('holdfast run-1') },
    ])
    expect(JSON.stringify([holders, host.calls.map(({ argv }) => argv)])).not.toContain(secret)
    expect(host.calls[0]?.asUser).toBeUndefined()
  })

  test('is looked for as root, since a process tells its environment to nobody else', async () => {
    const host = thisMachine('ops@m1')
    const context = {
      session: fakeSession({ name: 'core', system: 'kiok' }, new AbortController().signal, {
        host: async () => host,
      }),
    }
    await findKeyHolders(
      { address: 'ops@m1', ssh },
      { variable: 'HOLDFAST_NO_SUCH', files: [], label: 'x' },
      context,
    )
    expect(host.calls[0]?.asUser).toBe('root')
  })
})

describe('X-3', () => {
  test('a key that opens the newest backup ends the search before any host is asked', async () => {
    const key = await keyOf(secret)
    const desk = await deskWith({
      keys: async () => [key],
      host: async () => Promise.reject(new Error('a host was asked')),
    })
    const run = await goThrough(desk, await startRun(desk, 'X-3', setting('kiok')), ({ id }) =>
      id === 'second-place' ? { kind: 'did', note: 'the safe of the office' } : null,
    )
    expect(states(run)).toEqual([
      'restart-nothing done', 'kept-key done', 'paper notNeeded', 'on-hosts notNeeded', 'into-vault notNeeded',
      'without notNeeded', 'key-proved done', 'second-place done',
    ]) // prettier-ignore
    expect(run.list[1]?.sentence).toBe('the kept key: b1 is opened with it, to its end.')
    expect(run.acceptance).toMatchObject({ green: 2, all: 2 })
  })

  test('a key of a living process goes into the vault by hand, and is then held against that process', async () => {
    const pid = await processWithKey('CHANGO_MASTER_KEY', secret)
    const kept: MasterKey[] = []
    const desk = await deskWith({ keys: async () => kept })
    const run = await goThrough(desk, await startRun(desk, 'X-3', setting('chango')), ({ id }) =>
      id === 'into-vault' ? 'stop here' : null,
    )
    const found = run.list.find(({ id }) => id === 'on-hosts')
    expect(found?.evidence).toContainEqual({
      name: `process ${pid} (sleep) on root@m1`,
      value: 'a key that is not kept here',
    })
    expect(run.list.find(({ id }) => id === 'into-vault')?.twin).toContain(
      '| holdfast credentials add KEY --kind master-key',
    )

    kept.push(await keyOf(secret))
    const after = await goThrough(desk, run, ({ id }) =>
      id === 'second-place' ? { kind: 'did', note: 'the safe' } : null,
    )
    expect(states(after).slice(4)).toEqual([
      'into-vault done',
      'without notNeeded',
      'key-proved done',
      'second-place done',
    ])
    expect(after.list.find(({ id }) => id === 'into-vault')?.sentence).toContain('holds the key the kept key')
    expect(JSON.stringify([after, desk.audit])).not.toContain(secret)
  })

  test('where it is found nowhere the run says what can be saved, and cannot be signed without an exception', async () => {
    const desk = await deskWith({
      keys: async () => [],
      host: async (name) => fakeHost(() => ({ stdout: 'end\n' }), { clock: systemClock, name }),
    })
    const run = await goThrough(desk, await startRun(desk, 'X-3', setting('kiok')))
    expect(states(run).slice(2)).toEqual([
      'paper done', 'on-hosts done', 'into-vault notNeeded', 'without done', 'key-proved failed', 'second-place todo',
    ]) // prettier-ignore
    expect(run.list.find(({ id }) => id === 'without')?.does[0]).toContain('for good')
    await expect(desk.runner.accept(run.id, '')).rejects.toMatchObject({ code: 'runbook.refused' })
  })

  test.each([
    ['kiok', 'master-key show --cluster ID'],
    ['chango', 'CHANGO_MASTER_KEY_PREVIOUS'],
  ] as const)('where else a key of %s may be is said: %s', (system, words) => {
    const step = lostKey.steps(setting(system)).find(({ id }) => id === 'into-vault')
    expect(step?.kind === 'manual' ? step.does.join(' ') : '').toContain(words)
  })

  test('a host that cannot be reached may have it: the search is not over', async () => {
    const desk = await deskWith({
      host: async (name) => {
        if (name === 'root@m2') throw new HoldfastError('host.unreachable', { what: 'm2 does not answer.' })
        return fakeHost(() => ({ stdout: 'end\n' }), { clock: systemClock, name })
      },
    })
    const begun = await startRun(desk, 'X-3', setting('kiok', ['root@m1', 'root@m2']))
    const run = await goThrough(desk, begun, ({ id, endedAt }) =>
      id === 'on-hosts' && endedAt !== null ? 'stop here' : null,
    )
    expect(run.list.find(({ id }) => id === 'on-hosts')).toMatchObject({
      state: 'todo',
      sentence: 'It is on no host that could be looked at. Not looked at: root@m2.',
    })
    expect(run.current).toBe('on-hosts')
  })

  test('kindling’s key is a file that has to be the same on every host', async () => {
    const hashes: Record<string, string> = { 'root@m1': 'a'.repeat(64), 'root@m2': 'b'.repeat(64) }
    const desk = await deskWith({
      host: async (name) =>
        fakeHost(() => ({ stdout: `holds ${hashes[name] ?? ''} /etc/kindling/master.key\nend\n` }), {
          clock: systemClock,
          name,
        }),
    })
    const begun = await startRun(desk, 'X-3', setting('kindling', ['root@m1', 'root@m2']))
    const run = await goThrough(desk, begun, ({ id }) => (id === 'key-proved' ? 'stop here' : null))
    expect(run.list.find(({ id }) => id === 'on-hosts')?.sentence).toContain('They hold 2 different keys')
    expect(run.list.find(({ id }) => id === 'key-proved')).toMatchObject({ state: 'failed' })
    hashes['root@m2'] = 'a'.repeat(64)
    const same = await goThrough(desk, run, ({ id }) => (id === 'second-place' ? 'stop here' : null))
    expect(same.list.find(({ id }) => id === 'key-proved')).toMatchObject({ state: 'done' })
  })

  test.each([
    ['is missing', () => fakeHost(() => ({ stdout: 'end\n' }), { clock: systemClock, name: 'root@m2' })],
    [
      'cannot be looked at',
      () => {
        throw new HoldfastError('host.unreachable', { what: 'm2 does not answer.' })
      },
    ],
  ] as const)('kindling’s key is not on every host where on one it %s', async (_, second) => {
    const first = `holds ${'a'.repeat(64)} /etc/kindling/master.key\nend\n`
    const desk = await deskWith({
      host: async (name) =>
        name === 'root@m2' ? second() : fakeHost(() => ({ stdout: first }), { clock: systemClock, name }),
    })
    const begun = await startRun(desk, 'X-3', setting('kindling', ['root@m1', 'root@m2']))
    const run = await goThrough(desk, begun, ({ id, endedAt }) =>
      id === 'key-proved' && endedAt !== null ? 'stop here' : null,
    )
    expect(run.list.find(({ id }) => id === 'key-proved')).toMatchObject({
      state: 'failed',
      sentence: expect.stringContaining('root@m2'),
    })
  })

  test('is refused for systems that have no key, and for hosts that cannot be ones', () => {
    expect(() => lostKey.steps(setting('kiseki'))).toThrow('take KS-6')
    expect(() => lostKey.steps(setting('armada'))).toThrow('has no master key to lose')
    expect(() => lostKey.steps({ ...setting('kiok'), inputs: { hosts: '-oProxyCommand=x' } })).toThrow(
      'is no host',
    )
  })
})
