import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { systemRandom } from '../../../src/main/adapters/system/random.ts'
import { HeldMasterKey } from '../../../src/main/engine/master-key.ts'
import type { ActionStep, Outcome, Runbook } from '../../../src/main/ports/runbook.ts'
import { openSealing } from '../../../src/main/systems/chango/live/seal-archive.ts'
import type { Step as StepView } from '../../../src/shared/contract/runbooks.ts'
import { old, restored, rootOf, storesOn } from '../../lab/runbooks/chango-stores.ts'
import {
  canary,
  deskOf,
  expectNoSecret,
  hostsOf,
  isStart,
  masterKey,
  said,
  untilSo,
} from '../../support/chango-lab.ts'
import { answer, goThrough, rested, startRun } from '../../support/runbook-runs.ts'

describe.each([1, 2] as const)('CH-4, version %i of chango', (dialect) => {
  test('goes from the question to the signed acceptance, and the old state lies aside', async (context) => {
    const hosts = await hostsOf(context, dialect)
    await writeFile(hosts.pathOn(1, `${rootOf[dialect]}/manifest.json`), '{}')
    const desk = await deskOf(hosts)
    const runner = await desk.open()
    const started = await startRun(runner, 'CH-4', desk.setting)
    const run = await goThrough(runner, started, canary)
    expect(run.current, said(run)).toBeNull()
    expect(run.acceptance.green + run.acceptance.excepted).toBe(run.acceptance.all)
    const signed = await runner.runner.accept(run.id, 'all green')
    expect(signed.acceptance.signedAt).not.toBeNull()

    expect(await storesOn(hosts, 1)).toBe(restored)
    expect(await storesOn(hosts, 2)).toBe(restored)
    const record = await hosts.record()
    expect(record.filter(isStart).map((line) => line.slice(0, 6))).toEqual(['host-1', 'host-2'])
    for (const line of record.filter(isStart)) {
      expect(line).toMatch(
        /user=chango java=yes key=yes shown=no -Dchango\.zk\.serverList=\S+ -Dchango\.zk\.rootPath=\/chango$/,
      )
    }
    expect(record).toContain('host-2 pulled from host-1')
    expect(record.join('\n')).not.toContain('pushed its own state')
    expect(record.filter((line) => line.startsWith('http start'))).toHaveLength(2)
    expect(record.some((line) => line.includes('backup-restore'))).toBe(dialect === 2)

    for (const place of [1, 2]) {
      const root = hosts.pathOn(place, rootOf[dialect])
      const names = await readdir(root)
      for (const store of ['kms', 'iam', 'metadata']) {
        const aside = names.find((name) => name.startsWith(`${store}.before-restore-`))
        expect(await readFile(join(root, aside ?? '', 'CURRENT'), 'utf8')).toBe(`${old}\n`)
      }
      expect(await readFile(hosts.pathOn(place, '/var/lib/chango/zookeeper/myid'), 'utf8')).toBe(`${place}\n`)
      expect(await readdir(hosts.pathOn(place, '/var-tmp'))).toEqual([])
    }
    const patches = hosts.pathOn(1, '/opt/chango/data/master/patches/trino')
    expect((await readdir(patches)).toSorted()).toEqual(['patch-1.jar', 'patch-2.jar'])
    const { uid } = await stat(join(patches, 'patch-1.jar'))
    expect(uid).toBe((await stat(hosts.pathOn(1, `${rootOf[dialect]}/kms/CURRENT`))).uid)
    if (dialect === 1) {
      expect(existsSync(hosts.pathOn(1, '/var/lib/chango/manifest.json'))).toBe(false)
      expect(existsSync(hosts.pathOn(1, '/var/lib/chango/patches'))).toBe(false)
    }
    await expectNoSecret(hosts, desk)
  }, 180_000)

  test('a desk that dies at every action, before it and after it, does nothing twice', async (context) => {
    const hosts = await hostsOf(context, dialect)
    const desk = await deskOf(hosts)
    const died: string[] = []
    let live = await desk.open((runbook) => dying(runbook, died))
    let run = await startRun(live, 'CH-4', desk.setting)
    const found: string[] = []
    for (let processes = 0; processes < 100; processes += 1) {
      run = await goThrough(live, run, (step) =>
        step.kind === 'action' && step.state !== 'unknown' ? 'stop here' : canary(step),
      )
      const step = run.list.find(({ id }) => id === run.current)
      if (step === undefined) break
      expect(step.kind, said(run)).toBe('action')
      const before = died.length
      await live.runner.proceed(run.id, step.id, { kind: 'go' })
      await untilSo(() => died.length > before)
      // The process is gone; the next one knows only what was written down.
      live = await desk.open((runbook) => dying(runbook, died))
      run = live.runner.get(run.id)
      expect(run.list.find(({ id }) => id === step.id)?.state).toBe('unknown')
      run = await answer(live, run, { kind: 'go' }, step.id)
      const seen = run.list.find(({ id }) => id === step.id)
      found.push(`${died.at(-1) ?? ''}: ${seen?.state ?? ''}`)
    }
    expect(run.current, said(run)).toBeNull()
    expect(found.filter((each) => each.startsWith('before '))).toSatisfy((each: string[]) =>
      each.every((one) => one.endsWith(': todo') || harmless.some((id) => one.startsWith(`before ${id}:`))),
    )
    expect(found.filter((each) => each.startsWith('after '))).toSatisfy((each: string[]) =>
      each.every((one) => one.endsWith(': done') || harmless.some((id) => one.startsWith(`after ${id}:`))),
    )
    const record = await hosts.record()
    for (const once of [
      /host-1 start-master/,
      /host-2 start-master/,
      /host-1 start-zookeeper/,
      /http start trino/,
      /http start spark/,
      /http backup-run/,
    ]) {
      expect(
        record.filter((line) => once.test(line)),
        record.join('\n'),
      ).toHaveLength(1)
    }
    expect(record.filter((line) => line.includes('backup-restore'))).toHaveLength(dialect === 2 ? 1 : 0)
    expect(await storesOn(hosts, 1)).toBe(restored)
    await expectNoSecret(hosts, desk)
  }, 300_000)
})

test('CH-4 goes past stores that are still there only with a reason: a master that starts with them loses nothing', async (context) => {
  const hosts = await hostsOf(context, 1)
  const desk = await deskOf(hosts)
  const runner = await desk.open()
  const held = await goThrough(runner, await startRun(runner, 'CH-4', desk.setting))
  expect(held.current).toBe('stores-lost')
  expect(held.list.find(({ id }) => id === 'stores-lost')).toMatchObject({
    state: 'failed',
    canSkip: true,
    sentence: expect.stringContaining('has kms, iam, metadata in'),
    next: expect.stringContaining('CH-2'),
  })
  for (const place of [1, 2])
    await rm(hosts.pathOn(place, `${rootOf[1]}/iam`), { recursive: true, force: true })
  const lost = await answer(runner, held, { kind: 'go' }, 'stores-lost')
  expect(lost.list.find(({ id }) => id === 'stores-lost')?.state).toBe('done')
  expect(await hosts.record()).toEqual([])
}, 120_000)

/** What they do may be done again: nothing to move, owners that are right already, folders that are taken away. */
const harmless = ['clear-manifest', 'give-ownership', 'clear-traces']

/** Each action dies twice: the first time before it has done anything, the second time when it has done everything. */
function dying(runbook: Runbook, died: string[]): Runbook {
  const never = async (when: string): Promise<Outcome> => {
    died.push(when)
    return new Promise(() => undefined)
  }
  return {
    ...runbook,
    steps: (setting) =>
      runbook.steps(setting).map((step) => {
        if (step.kind !== 'action') return step
        const bent: ActionStep = {
          ...step,
          async act(context) {
            if (!died.includes(`before ${step.id}`)) return never(`before ${step.id}`)
            const outcome = await step.act(context)
            return died.includes(`after ${step.id}`) ? outcome : never(`after ${step.id}`)
          },
        }
        return bent
      }),
  }
}

test('CH-4 restores an archive that this console has sealed, and refuses it with another key', async (context) => {
  const hosts = await hostsOf(context, 1)
  await sealArchives(hosts.repository)
  const wrong = await deskOf(hosts, { masterKeys: { other: 'canary-another-master-key-0123456789abcdef' } })
  const refusing = await wrong.open()
  const refused = await goThrough(refusing, await startRun(refusing, 'CH-4', wrong.setting))
  expect(
    refused.list.find(({ state }) => state === 'failed'),
    said(refused),
  ).toMatchObject({ id: 'prove-backup' })
  expect(await storesOn(hosts, 1)).toBe(old)
  expect(await hosts.record()).toEqual([])
  await refusing.runner.close(refused.id, 'abandoned', 'Another key.')

  const desk = await deskOf(hosts)
  const runner = await desk.open()
  const run = await goThrough(runner, await startRun(runner, 'CH-4', desk.setting), canary)
  expect(run.current, said(run)).toBeNull()
  expect([await storesOn(hosts, 1), await storesOn(hosts, 2)]).toEqual([restored, restored])
  await expectNoSecret(hosts, desk)
}, 180_000)

/** As this console seals one that it has made itself; what lies beside it, of the bytes before, goes. */
async function sealArchives(repository: string): Promise<void> {
  const names = await readdir(repository)
  for (const name of names.filter((each) => each.endsWith('.tar.gz'))) {
    const tar = gunzipSync(await readFile(join(repository, name)))
    using sealing = await openSealing({
      cluster: { name: 'payments', system: 'chango' },
      masterKeys: async () => Promise.resolve([new HeldMasterKey(Buffer.from(masterKey), 'key')]),
      keySalt: () => randomBytes(16),
      random: systemRandom,
    })
    const pieces = sealing.seal(
      Readable.from([tar]),
      { backupId: name.slice(0, -'.tar.gz'.length) },
      tar.byteLength,
    )
    await writeFile(join(repository, name), await buffer(pieces))
  }
}

test('CH-4 refuses while any master lives, on whatever host, and changes nothing', async (context) => {
  const hosts = await hostsOf(context, 1)
  await hosts.startMaster(2, masterKey)
  const desk = await deskOf(hosts)
  const runner = await desk.open()
  const run = await startRun(runner, 'CH-4', desk.setting)
  const afterLock = await goThrough(runner, run)
  expect(afterLock.list.find(({ id }) => id === 'masters-stopped')).toMatchObject({
    state: 'failed',
    sentence: expect.stringMatching(/lives|runs/),
  })
  expect(await storesOn(hosts, 1)).toBe(old)
  expect((await hosts.record()).filter(isStart)).toEqual([])
}, 120_000)

test('a wrong key that the backup records is told before anything is touched', async (context) => {
  const hosts = await hostsOf(context, 2)
  const desk = await deskOf(hosts, { masterKeys: { other: 'canary-another-master-key-0123456789abcdef' } })
  const runner = await desk.open()
  const run = await goThrough(runner, await startRun(runner, 'CH-4', desk.setting))
  expect(
    run.list.find(({ state }) => state === 'failed'),
    said(run),
  ).toMatchObject({
    id: 'prove-backup',
    sentence: expect.stringContaining('another master key'),
  })
  expect(await storesOn(hosts, 1)).toBe(old)
  expect(await hosts.record()).toEqual([])
}, 120_000)

describe.each([1, 2] as const)('A start that fails, version %i', (dialect) => {
  test('is taken back step by step, and the old state stands', async (context) => {
    const hosts = await hostsOf(context, dialect)
    hosts.failStart = `AEADBadTagException: Tag mismatch (the log shows ${masterKey})`
    const desk = await deskOf(hosts)
    const runner = await desk.open()
    let run = await goThrough(runner, await startRun(runner, 'CH-4', desk.setting), canary)
    const wrong = run.list.find(({ state }) => state === 'failed')
    expect(['start-first', 'wait-first']).toContain(wrong?.id)
    expect(wrong?.sentence).toContain('AEADBadTagException')
    expect(await storesOn(hosts, 1)).toBe(restored)
    for (const step of run.list.toReversed()) {
      if (!step.canTakeBack || step.section !== 'restore') continue
      if (!['done', 'failed'].includes(step.state)) continue
      run = await answer(runner, run, { kind: 'takeBack' }, step.id)
      expect(
        run.list.find(({ id }) => id === step.id),
        said(run),
      ).toMatchObject({ state: 'takenBack' })
    }
    for (const place of [1, 2]) expect(await storesOn(hosts, place)).toBe(old)
    expect(existsSync(hosts.pathOn(1, '/opt/chango/data/master/patches'))).toBe(false)
    expect(hosts.runs()).toEqual([])
    await expectNoSecret(hosts, desk)
  }, 180_000)
})

test('a master that somebody else has started meanwhile is not stopped by taking the failed start back', async (context) => {
  const hosts = await hostsOf(context, 1)
  const desk = await deskOf(hosts)
  const runner = await desk.open()
  let isForeign = false
  let run = await startRun(runner, 'CH-4', desk.setting)
  run = await goThrough(runner, run, (step) =>
    step.id === 'start-first' && !isForeign ? 'stop here' : canary(step),
  )
  expect(run.current, said(run)).toBe('start-first')
  await hosts.startMaster(1, masterKey)
  isForeign = true
  run = await goThrough(runner, run)
  const start = (): StepView | undefined => run.list.find(({ id }) => id === 'start-first')
  expect(start()).toMatchObject({ state: 'failed', sentence: expect.stringContaining('runs on') })
  run = await answer(runner, run, { kind: 'takeBack' }, 'start-first')
  expect(start(), said(run)).toMatchObject({
    state: 'takenBack',
    sentence: expect.stringContaining('left alone'),
  })
  expect(hosts.runs()).toEqual([1])
}, 120_000)

test('a connection that breaks while a master starts leaves it starting, and it is not started twice', async (context) => {
  const hosts = await hostsOf(context, 1)
  const slow = hosts.pathOn(1, '/opt/chango/bin/slow')
  await writeFile(slow, '')
  const breaking = new AbortController()
  const desk = await deskOf(hosts, {
    session: (session) => ({
      ...session,
      host: async (address, ssh) => {
        const host = await session.host(address, ssh)
        return {
          ...host,
          run: async (command, signal) => {
            const starts = command.argv.some((word) => word.endsWith('/start-master.sh'))
            if (!starts || breaking.signal.aborted) return host.run(command, signal)
            const run = host.run(command, AbortSignal.any([breaking.signal, ...(signal ? [signal] : [])]))
            await untilSo(() => existsSync(`${slow}.reached`))
            breaking.abort()
            return run
          },
        }
      },
    }),
  })
  const runner = await desk.open()
  let run = await goThrough(runner, await startRun(runner, 'CH-4', desk.setting), canary)
  expect(
    run.list.find(({ id }) => id === 'start-first'),
    said(run),
  ).toMatchObject({ state: 'unknown' })
  run = await answer(runner, run, { kind: 'go' }, 'start-first')
  expect(run.list.find(({ id }) => id === 'start-first')).toMatchObject({
    state: 'unknown',
    sentence: expect.stringContaining('still running'),
  })
  await writeFile(`${slow}.go`, '')
  await untilSo(() => hosts.runs().includes(1))
  await runner.runner.proceed(run.id, 'start-first', { kind: 'go' })
  run = await rested(runner.runner, run.id, run.lastEvent)
  expect(
    run.list.find(({ id }) => id === 'start-first'),
    said(run),
  ).toMatchObject({ state: 'done' })
  expect((await hosts.record()).filter((line) => isStart(line) && line.startsWith('host-1'))).toHaveLength(1)
}, 180_000)

test('chango’s own tool, killed between the old state and the new one, is told and taken back', async (context) => {
  const hosts = await hostsOf(context, 2)
  await hosts.writeFile(1, '/opt/chango/bin/cut-restore', '')
  const desk = await deskOf(hosts)
  const runner = await desk.open()
  let run = await goThrough(runner, await startRun(runner, 'CH-4', desk.setting), canary)
  expect(
    run.list.find(({ id }) => id === 'restore-by-chango'),
    said(run),
  ).toMatchObject({
    state: 'failed',
    sentence: expect.stringContaining('was cut short'),
  })
  expect(await storesOn(hosts, 1)).not.toBe(old)
  run = await answer(runner, run, { kind: 'takeBack' }, 'restore-by-chango')
  expect(
    run.list.find(({ id }) => id === 'restore-by-chango'),
    said(run),
  ).toMatchObject({ state: 'takenBack' })
  expect(await storesOn(hosts, 1)).toBe(old)
}, 120_000)
