import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { lockScript } from '../../src/main/adapters/ssh-target/lock-scripts.ts'
import type { RemoteHost } from '../../src/main/ports/remote-host.ts'
import type { RestoreTarget, StagingPlace } from '../../src/main/ports/restore-target.ts'
import { fakeHost } from '../fakes/remote-host.ts'
import { shellHost } from '../lab/shell-host.ts'
import { reachHost } from '../lab/ssh-home.ts'
import { targetOn } from '../lab/ssh-target.ts'
import { startSshd, type Sshd } from '../lab/sshd.ts'
import { canMount, fileSystem, whyNotMounted } from '../support/small-file-system.ts'
import { oldTree, openTarget, plant, shapeOf } from '../unit/main/engine/restore/fixture.ts'
import { failureOf, restoreInto } from '../unit/main/engine/restore/fixture-place.ts'

const started = await startSshd({ users: [{ name: 'lab-operator', password: 'x' }] })
const server: Sshd | null = 'skip' in started ? null : started
const whyNot = 'skip' in started ? ` (skipped: ${started.skip})` : ''
afterAll(async () => server?.stop())

const run = 'r1'
const staged = (name: string): StagingPlace => ({ area: 'staging', run, name })

function scratch(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

async function over(dir: string, user?: string): Promise<RestoreTarget> {
  if (server === null) throw new Error('no server')
  return targetOn(await reachHost(server, user === undefined ? {} : { user }), dir)
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

function locksIn(dir: string): readonly string[] {
  return readdirSync(join(dir, '.holdfast')).filter((name) => name.startsWith('lock-'))
}

describe.skipIf(server === null)(`A target on a host${whyNot}`, () => {
  test('and the same folder on the host itself keep each other out', async () => {
    using folder = scratch()
    const dir = join(folder.path, 'data')
    const remote = await over(dir)
    const local = await openTarget(dir)
    const held = await remote.lock()
    expect(await local.lockHolder()).toMatchObject({ pid: (await remote.lockHolder())?.pid })
    await expect(local.lock()).rejects.toMatchObject({ code: 'target.busy' })
    await held.release()
    expect(locksIn(dir)).toEqual([])
    const own = await local.lock()
    expect(await remote.lockHolder()).toMatchObject({ pid: process.pid })
    await expect(remote.lock()).rejects.toMatchObject({ code: 'target.busy' })
    expect(locksIn(dir)).toHaveLength(1)
    await own.release()
    await local.close()
    await remote.close()
  })

  test('whose connection is cut in the middle of a file is free again, and the next run there sweeps it', async () => {
    using folder = scratch()
    const dir = join(folder.path, 'data')
    plant(dir, oldTree)
    if (server === null) return
    const host = await reachHost(server)
    const target = await targetOn(host, dir)
    const held = await target.lock()
    await held.createStaging(run)
    let onTheWay = (): void => undefined
    const isOnTheWay = new Promise<void>((resolve) => (onTheWay = resolve))
    const endless = (async function* () {
      for (;;) {
        yield Buffer.alloc(64 * 1024)
        onTheWay()
      }
    })()
    const writing = held.writeFile(staged('kms'), 'big', endless, { owner: null, sizeBytes: 2 ** 40 })
    const failed = expect(writing).rejects.toMatchObject({ code: 'host.lost' })
    await isOnTheWay
    await host.close()
    await failed
    const local = await openTarget(dir)
    await vi.waitFor(async () => expect(await local.lockHolder()).toBeNull(), { timeout: 30_000 })
    await restoreInto(local)
    expect(await local.listStaging()).toEqual([])
    await local.close()
  })

  test('changes nothing any more once its lock is gone', async () => {
    using folder = scratch()
    const dir = join(folder.path, 'data')
    const target = await over(dir)
    const held = await target.lock()
    const holder = await target.lockHolder()
    process.kill(holder?.pid ?? 0, 'SIGKILL')
    const other = await openTarget(dir)
    await vi.waitFor(async () => expect(await other.lockHolder()).toBeNull(), { timeout: 30_000 })
    const own = await other.lock()
    for (const change of [
      async () => held.writeJournal('x\n', 0),
      async () => held.createStaging(run),
      async () => held.removeStaging(run),
    ]) {
      await expect(change()).rejects.toMatchObject({ code: 'host.lost' })
    }
    expect((await other.readJournal()).byteLength).toBe(0)
    await own.release()
    await other.close()
    await target.close()
  })

  test('takes over a lock that a reboot left behind, and none whose holder cannot be judged', async () => {
    using folder = scratch()
    const dir = join(folder.path, 'data')
    const target = await over(dir)
    await (await target.lock()).release()
    const holder = { ...(await ownIdentity()), bootId: 'another boot', since: '2026-11-20T02:00:00.000Z' }
    const file = join(dir, '.holdfast', `lock-${'a'.repeat(32)}`)
    writeFileSync(file, JSON.stringify(holder))
    expect(await target.lockHolder()).toBeNull()
    await (await target.lock()).release()
    expect(existsSync(file)).toBe(false)
    writeFileSync(file, JSON.stringify({ ...holder, host: 'another host' }))
    expect(await target.lockHolder()).toMatchObject({ host: 'another host' })
    await expect(target.lock()).rejects.toMatchObject({ code: 'target.busy' })
    expect(existsSync(file)).toBe(true)
    await target.close()
  })

  test('that is swapped for another folder or a link meanwhile is not touched, nor is what the link leads to', async () => {
    using folder = scratch()
    const dir = join(folder.path, 'data')
    const victim = join(folder.path, 'victim')
    mkdirSync(join(victim, '.holdfast/staging/r1'), { recursive: true })
    const target = await over(dir)
    const held = await target.lock()
    await held.createStaging(run)
    const before = shapeOf(victim)
    for (const swap of [dir, join(dir, '.holdfast'), join(dir, '.holdfast/staging')]) {
      const link = swap.replace(dir, victim)
      renameSync(swap, `${swap}.moved`)
      symlinkSync(link, swap)
      for (const change of [
        // The journal lies above staging.
        ...(swap.endsWith('staging') ? [] : [async () => held.writeJournal('x\n', 0)]),
        async () => held.removeStaging(run),
        async () => held.move(staged('kms'), { area: 'target', name: 'kms' }),
        async () => {
          await held.writeFile(staged('a'), '', bytes('a'), { owner: null, sizeBytes: 1 })
          await held.syncStaging(run)
        },
      ]) {
        expect(['target.refused', 'host.lost']).toContain((await failureOf(change())).code)
      }
      rmSync(swap)
      renameSync(`${swap}.moved`, swap)
    }
    expect(shapeOf(victim)).toEqual(before)
    expect(readdirSync(join(victim, '.holdfast'))).toEqual(['staging'])
    expect(existsSync(join(victim, '.holdfast/staging/r1'))).toBe(true)
    await target.close()
  })

  test('is refused where no restore may ever write', async () => {
    using folder = scratch()
    mkdirSync(join(folder.path, 'open'))
    chmodSync(join(folder.path, 'open'), 0o777)
    mkdirSync(join(folder.path, 'open/inner'))
    symlinkSync('/etc', join(folder.path, 'link'))
    writeFileSync(join(folder.path, 'file'), '')
    const home = process.env['HOME'] ?? '/root'
    const refused = ['/', '/etc', '/var/lib', '/bin', '/home/somebody', home, ...['link', 'file', 'open', 'open/inner', 'open/new', 'none/x', '../x/..'].map((name) => `${folder.path}/${name}`)] // prettier-ignore
    for (const dir of refused) {
      expect((await failureOf(over(dir))).code, dir).toBe('target.refused')
    }
    await (await over(join(folder.path, 'new'))).close()
  })

  test('as a user without sudo is written as that user, and sees what it may not do', async () => {
    using folder = scratch()
    chmodSync(folder.path, 0o755)
    const dir = join(folder.path, 'data')
    plant(dir, oldTree)
    spawnSync('chown', ['-R', '64100:64100', dir])
    const target = await over(dir, 'lab-operator')
    const { canGiveAway, account } = await target.survey()
    expect([canGiveAway, account]).toEqual([false, { uid: 64_100, gid: 64_100 }])
    await restoreInto(target)
    expect(lstatSync(join(dir, 'iam/CURRENT'))).toMatchObject({ uid: 64_100, gid: 64_100 })
    await target.close()
    const denied = await over(join(folder.path, 'of-root'), 'lab-operator')
    expect((await failureOf(denied.survey())).code).toBe('target.refused')
    expect((await failureOf(denied.lock())).code).toBe('target.refused')
    await denied.close()
  })

  test('says who uses what would be replaced', async () => {
    using folder = scratch()
    const dir = join(folder.path, 'data [x] *')
    plant(dir, oldTree)
    const target = await over(dir)
    expect(await target.usedBy(['kms', 'metadata'])).toEqual([])
    const user = spawn('sleep', ['600'], { cwd: join(dir, 'kms/deep') })
    await new Promise((resolve) => user.once('spawn', resolve))
    const used = [{ pid: user.pid, command: 'sleep', path: join(dir, 'kms/deep') }]
    await vi.waitFor(async () => expect(await target.usedBy(['kms'])).toEqual(used), { timeout: 30_000 })
    expect(await target.usedBy(['metadata'])).toEqual([])
    user.kill('SIGKILL')
    await target.close()
  })

  test('keeps long names, many files and large owners', async () => {
    using folder = scratch()
    const dir = join(folder.path, 'data')
    const target = await over(dir)
    const held = await target.lock()
    await held.createStaging(run)
    const owner = { uid: 3_000_000, gid: 2_500_000 }
    const long = `${'d'.repeat(120)}/${'é'.repeat(100)}/-dash and\nline`
    await held.writeFile(staged('kms'), long, bytes('x'), { owner, sizeBytes: 1 })
    for (let count = 0; count < 300; count += 1) {
      await held.writeFile(staged('kms'), `many/${count}`, bytes(`${count}`), {
        owner,
        sizeBytes: `${count}`.length,
      })
    }
    await held.syncStaging(run)
    const seen: number[] = []
    const item = await held.hash(staged('kms'), { onBytes: (count) => seen.push(count) })
    expect(item?.kind === 'folder' && item.files.map(({ path }) => path)).toContain(long)
    expect(item?.kind === 'folder' && item.files).toHaveLength(301)
    expect(seen.reduce((sum, count) => sum + count, 0)).toBe(1 + 10 + 180 + 600)
    await held.move(staged('kms'), { area: 'target', name: 'kms' })
    expect(lstatSync(join(dir, 'kms', long))).toMatchObject(owner)
    expect(lstatSync(join(dir, 'kms'))).toMatchObject(owner)
    await target.close()
  })

  test.skipIf(!canMount)(`whose disk becomes full stops at once and says so${whyNotMounted}`, async () => {
    using disk = fileSystem(4 * 1024 * 1024)
    const dir = join(disk.path, 'data')
    // What is mounted here is not seen by a server with users, which has mounts of its own.
    const seeing = await startSshd()
    if ('skip' in seeing) return
    const target = await targetOn(await reachHost(seeing), dir)
    const held = await target.lock()
    await held.createStaging(run)
    let sentBytes = 0
    const much = (async function* () {
      for (;;) {
        yield Buffer.alloc(1024 * 1024)
        sentBytes += 1024 * 1024
      }
    })()
    const writing = held.writeFile(staged('kms'), '', much, { owner: null, sizeBytes: 2 ** 34 })
    await expect(writing).rejects.toMatchObject({
      code: 'target.full',
      text: { next: 'Make room, then try again.' },
    })
    expect(sentBytes).toBeLessThan(2 ** 33)
    await expect(held.syncStaging(run)).rejects.toMatchObject({ code: 'target.full' })
    await held.removeStaging(run)
    expect(await held.listStaging()).toEqual([])
    await target.close()
    await seeing.stop()
  })
})

test('A lock is given up when nothing is heard for too long', async () => {
  using folder = scratch()
  const dir = join(folder.path, 'data')
  const host = shellHost()
  const target = await targetOn(host, dir)
  await (await target.lock()).release()
  const idOf = (path: string): string => {
    const { dev, ino } = lstatSync(path)
    return `${dev}:${ino}`
  }
  const silent = (async function* () {
    yield Buffer.from('.')
    await new Promise(() => undefined)
  })()
  const name = `lock-${'b'.repeat(32)}`
  const running = await host.start({
    argv: ['/bin/sh', '-c', lockScript, 'sh', dir, idOf(dir), idOf(join(dir, '.holdfast')), '1', name, '{"pid":', ',"x":"', '"}'], // prettier-ignore
    stdin: silent,
    deadlineMs: 60_000,
  })
  let said = ''
  for await (const piece of running.stdout) {
    if (said === '') expect(locksIn(dir)).toEqual([name])
    said += Buffer.from(piece).toString()
  }
  expect((await running.ended).code).toBe(0)
  expect(said).toMatch(/^lock\0.*\0held\0\d+\0$/s)
  expect(locksIn(dir)).toEqual([])
  await target.close()
})

test.skipIf(!canMount)('A process in a container that has a store as a volume is seen using it', async () => {
  using folder = scratch()
  const dir = join(folder.path, 'data')
  plant(dir, oldTree)
  const inside = 'mount --bind "$1" /srv && cd /srv/kms && echo ready && exec sleep 600'
  const user = spawn('unshare', ['--mount', '/bin/sh', '-c', inside, 'sh', dir])
  await once(user.stdout, 'data')
  const target = await targetOn(shellHost(), dir)
  const used = { pid: user.pid, command: expect.any(String) as unknown, path: '/srv/kms' }
  expect(await target.usedBy(['kms'])).toEqual([used])
  expect(await target.usedBy(['metadata'])).toEqual([])
  user.kill('SIGKILL')
  await target.close()
})

// What lies in the run's own staging only the account itself, and root, can swap.
test.each([
  ['the staging of the run', '.holdfast/staging/r1'],
  ['the bookkeeping', '.holdfast'],
  ['the target itself', '.'],
])('While somebody swaps %s for a link again and again, nothing is written elsewhere', async (_, swapped) => {
  using above = scratch()
  const dir = join(above.path, 'data')
  const victim = join(above.path, 'victim')
  for (const name of ['.holdfast/staging/r1', 'staging/r1', 'r1'])
    mkdirSync(join(victim, name), { recursive: true })
  writeFileSync(join(victim, 'metadata'), 'of the victim')
  const before = shapeOf(victim)
  const target = await targetOn(shellHost(), dir)
  const held = await target.lock()
  await held.createStaging(run)
  const racer = new Worker(new URL('../unit/main/adapters/local-target/racer.ts', import.meta.url), {
    workerData: { folder: join(dir, swapped), victim, times: 20_000 },
  })
  let swapsDone = 0
  let isOver = false
  const ended = new Promise<void>((resolve, reject) => {
    racer.on('message', (count: number) => (swapsDone = count))
    racer.on('error', reject)
    racer.on('exit', () => {
      isOver = true
      resolve()
    })
  })
  let tried = 0
  for (let count = 0; !isOver; count += 1) {
    for (const work of [
      // Each time anew: a staging that failed once writes nothing any more.
      async () => held.createStaging(run),
      async () => held.writeFile(staged(`kms${count}`), '', bytes('secret'), { owner: null, sizeBytes: 6 }),
      async () => held.syncStaging(run),
      async () => held.removeStaging(run),
      async () => held.writeJournal('line\n', 0),
      async () => held.move({ area: 'target', name: 'metadata' }, { area: 'target', name: 'aside' }),
    ]) {
      tried += 1
      const error = await work().then(
        () => null,
        (thrown: unknown) => thrown,
      )
      if (error !== null)
        expect(error).toHaveProperty(
          'code',
          expect.stringMatching(/^(target\.refused|restore\.failed|host\.lost)$/),
        )
    }
  }
  await ended
  await target.close()
  expect(swapsDone).toBeGreaterThan(2_000)
  expect(tried).toBeGreaterThan(10)
  expect(shapeOf(victim)).toEqual(before)
})

test('What is to be changed waits until something before it, which was given up here, has ended there', async () => {
  using folder = scratch()
  const dir = join(folder.path, 'data')
  plant(dir, oldTree)
  const target = await targetOn(shellHost(), dir)
  const held = await target.lock()
  const [lock = ''] = locksIn(dir)
  const before = 'exec 9<"$1" && flock -s 9 && echo begun && sleep 1 && touch "$2"'
  const late = join(dir, 'late')
  const slow = spawn('/bin/sh', ['-c', before, 'sh', join(dir, '.holdfast', lock), late])
  await once(slow.stdout, 'data')
  await held.move({ area: 'target', name: 'metadata' }, { area: 'target', name: 'aside' })
  expect(existsSync(late)).toBe(true)
  await held.release()
  await target.close()
})

test('Whoever loses the race for a lock in its first moment hears of it at once, though its own file is gone by then', async () => {
  using folder = scratch()
  // As another run that takes the lock and sweeps what it finds unfinished.
  const swept = join(folder.path, 'dd')
  writeFileSync(
    swept,
    '#!/bin/sh\n/usr/bin/dd "$@"; for w do case $w in of=*.new) rm -- "${w#of=}";; esac; done\n',
  )
  chmodSync(swept, 0o755)
  const plain = shellHost()
  const PATH = `${folder.path}:${process.env['PATH'] ?? ''}`
  const host: RemoteHost = {
    ...plain,
    start: async (command, signal) => plain.start({ ...command, environment: { PATH } }, signal),
  }
  const target = await targetOn(host, join(folder.path, 'data'))
  expect((await failureOf(target.lock())).code).toBe('target.busy')
  expect(locksIn(join(folder.path, 'data'))).toEqual([])
  await target.close()
})

test('A host that lacks a tool is refused with its name', async () => {
  const host = fakeHost(async () => ({ stdout: 'lacks\0setsid\0lacks\0the GNU version of tar\0' }), {
    clock: systemClock,
  })
  const error = await failureOf(targetOn(host, '/srv/data'))
  expect(error.code).toBe('target.refused')
  expect(error.text.why).toBe('The host lacks setsid, the GNU version of tar.')
})

async function ownIdentity(): Promise<Readonly<Record<string, unknown>>> {
  using folder = scratch()
  const target = await openTarget(join(folder.path, 'data'))
  const held = await target.lock()
  const [name = ''] = locksIn(join(folder.path, 'data'))
  const text = readFileSync(join(folder.path, 'data/.holdfast', name), 'utf8')
  await held.release()
  await target.close()
  return JSON.parse(text) as Readonly<Record<string, unknown>>
}
