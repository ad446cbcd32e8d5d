import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { savedCluster } from '../../../../conformance/desk-state.ts'
import { scratch } from './fixture.ts'

const program = join(import.meta.dirname, 'state-child.ts')

function start(folder: string, task: 'write' | 'hold') {
  const child = spawn(process.execPath, [program, folder, task], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  return { child, ended, lines: createInterface(child.stdout)[Symbol.asyncIterator]() }
}

async function kill(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGKILL')
  await ended
}

test('A process that is killed while it writes leaves the old or the new of every file, and loses nothing it promised', async () => {
  using place = scratch()
  let promised = 0
  for (let run = 0; run < 6; run += 1) {
    const { child, ended, lines } = start(place.folder, 'write')
    expect((await lines.next()).value).toBe('holds')
    // The kill comes wherever the child is when its line arrives here: mostly in the midst of the next round.
    for (let round = 0; round <= run; round += 1) promised = Number((await lines.next()).value)
    await kill(child, ended)
    const state = await place.open()
    expect(state.readOnlyBecause).toBeNull()
    expect(state.problems).toEqual([])
    const round = Number(state.clusters.get('c1')?.name)
    expect(round).toBeGreaterThanOrEqual(promised)
    const label = state.credentials.get('k1')?.label ?? ''
    expect(label).toMatch(/^\d+ x{300000}$/)
    const jobs = (await state.verifications.list('s3://bucket/', 'b1')).map(({ jobId }) =>
      Number(jobId?.slice(1)),
    )
    expect(jobs).toContain(promised)
    expect(jobs).toEqual(jobs.toSorted((a, b) => b - a))
    await state.close()
  }
})

test('Of several processes that start at once at most one holds the folder, and its death gives it to the next', async () => {
  using place = scratch()
  for (let time = 0; time < 3; time += 1) {
    const children = Array.from({ length: 3 }, () => start(place.folder, 'hold'))
    const said = await Promise.all(children.map(async ({ lines }) => (await lines.next()).value))
    expect(said.filter((word) => word === 'holds').length).toBeLessThanOrEqual(1)
    await Promise.all(children.map(({ child, ended }) => kill(child, ended)))
  }
  const state = await place.open()
  expect(state.readOnlyBecause).toBeNull()
  await state.close()
})

test('Two instances: the second says who holds the state, reads it, and holds it once the first has ended', async () => {
  using place = scratch()
  const first = await place.open()
  await first.clusters.put(savedCluster('c1'))
  await first.close()
  const { child, ended, lines } = start(place.folder, 'hold')
  expect((await lines.next()).value).toBe('holds')
  const second = await place.open()
  expect(second.readOnlyBecause).toContain(`process ${child.pid} on ${hostname()}`)
  expect(second.clusters.list()).toEqual([savedCluster('c1')])
  const before = readdirSync(place.folder)
  await expect(second.clusters.put(savedCluster('c2'))).rejects.toMatchObject({ code: 'state.readOnly' })
  expect(readdirSync(place.folder)).toEqual(before)
  await second.close()
  child.stdin.end()
  await ended
  const third = await place.open()
  expect(third.readOnlyBecause).toBeNull()
  await third.close()
  expect(readdirSync(place.folder).filter((name) => name.startsWith('instance-'))).toEqual([])
})

test.skipIf(!existsSync('/proc/self/stat'))(
  'A holder that was killed, and that nobody has asked after yet, holds nothing (skipped where there is no /proc)',
  async () => {
    using place = scratch()
    // The shell starts the holder, then becomes another program, which never asks after its child.
    const script = `"$0" "$1" "$2" hold <&3 & echo $!; exec 3<&-; exec sleep 600`
    const parent = spawn('sh', ['-c', script, process.execPath, program, place.folder], {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    })
    try {
      const lines = createInterface({ input: parent.stdout ?? process.stdin })[Symbol.asyncIterator]()
      const said = [(await lines.next()).value, (await lines.next()).value]
      expect(said).toContain('holds')
      const pid = Number(said.find((line) => line !== 'holds'))
      while (readFileSync(`/proc/${parent.pid}/comm`, 'utf8').trim() !== 'sleep') await setImmediate()
      process.kill(pid, 'SIGKILL')
      const state = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0]
      while (state() !== 'Z') await setImmediate()
      const next = await place.open()
      expect(next.readOnlyBecause).toBeNull()
      await next.close()
    } finally {
      parent.kill()
      await once(parent, 'close')
    }
  },
)

test.each([
  [
    'of another machine',
    JSON.stringify({
      host: 'elsewhere',
      pid: 1,
      startTicks: null,
      bootId: null,
      pidNamespace: null,
      since: 'then',
    }),
    'process 1 on elsewhere',
  ],
  ['that nobody can read', 'hello', 'an instance that cannot be told'],
])('A claim %s is respected, and it is said which file to remove', async (_, content, who) => {
  using place = scratch()
  mkdirSync(place.folder)
  const claim = place.file('instance-01234567-89ab-cdef-0123-456789abcdef.json')
  writeFileSync(claim, content)
  const state = await place.open()
  expect(state.readOnlyBecause).toContain(who)
  expect(state.readOnlyBecause).toContain(claim)
  await state.close()
  expect(readFileSync(claim, 'utf8')).toBe(content)
})

test('A place where no folder can be made is refused with what to do', async () => {
  using place = scratch()
  writeFileSync(place.folder, '')
  await expect(place.open()).rejects.toMatchObject({
    code: 'state.broken',
    text: { next: 'Mend that, or choose another folder with HOLDFAST_STATE_DIR.' },
  })
})
