import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemProcesses } from '../../../../../src/main/adapters/local-target/processes.ts'
import { canMount, whyNotMounted } from '../../../../support/small-file-system.ts'

const onLinux = process.platform === 'linux'

describe('a process that holds a lock', () => {
  test('is alive as long as it is the same process', async () => {
    const self = await systemProcesses.self()
    expect(self.pid).toBe(process.pid)
    expect(await systemProcesses.judge(self)).toBe('alive')
  })

  test('is dead once it has ended', async () => {
    const ended = spawnSync(process.execPath, ['-e', ''])
    const identity = { ...(await systemProcesses.self()), pid: ended.pid }
    expect(await systemProcesses.judge(identity)).toBe('dead')
  })

  test.skipIf(!onLinux)(
    'is dead where its number belongs to a later process, or the machine was started anew',
    async () => {
      const self = await systemProcesses.self()
      expect(self.startTicks).toMatch(/^\d+$/)
      expect(await systemProcesses.judge({ ...self, startTicks: '1' })).toBe('dead')
      expect(await systemProcesses.judge({ ...self, bootId: 'another' })).toBe('dead')
    },
  )

  test('cannot be judged from another machine or container', async () => {
    const self = await systemProcesses.self()
    expect(await systemProcesses.judge({ ...self, host: 'elsewhere' })).toBe('unknown')
    expect(await systemProcesses.judge({ ...self, pidNamespace: 'pid:[1]' })).toBe('unknown')
  })
})

describe.skipIf(!onLinux)('a process that works on a store', () => {
  /** Runs a program in a folder until the work is done; the program has said that it is ready. */
  async function meanwhile(
    code: string,
    cwd: string,
    work: (pid: number) => Promise<void>,
    before: readonly string[] = [],
  ): Promise<void> {
    const node = [process.execPath, '-e', `${code};process.stdin.resume();console.log('ready')`]
    const [program = '', ...args] = [...before, ...node]
    const child = spawn(program, args, {
      cwd,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const ended = new Promise((resolve) => child.on('close', resolve))
    await new Promise((resolve) => child.stdout.once('data', resolve))
    try {
      await work(child.pid ?? 0)
    } finally {
      child.stdin.end()
      await ended
    }
  }

  test('is found by an open file or by where it stands, and by whole names only', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'holdfast-'))
    mkdirSync(join(dir, 'kms/deep'), { recursive: true })
    writeFileSync(join(dir, 'kms/LOCK'), '')
    const paths = [join(dir, 'iam'), join(dir, 'kms')]
    await meanwhile(`fs.openSync(${JSON.stringify(join(dir, 'kms/LOCK'))})`, '/', async (pid) => {
      const found = await systemProcesses.using(paths)
      expect(found).toEqual([{ pid, command: expect.any(String) as unknown, path: join(dir, 'kms/LOCK') }])
      expect(await systemProcesses.using([join(dir, 'km'), join(dir, 'iam')])).toEqual([])
    })
    await meanwhile('', join(dir, 'kms/deep'), async (pid) => {
      expect((await systemProcesses.using(paths)).map((each) => each.pid)).toEqual([pid])
    })
    expect(await systemProcesses.using(paths)).toEqual([])
    rmSync(dir, { recursive: true })
  })

  test.skipIf(!canMount)(
    `is found where it has the store under another name, as a container has a volume${whyNotMounted}`,
    async () => {
      const dir = mkdtempSync(join(tmpdir(), 'holdfast-'))
      mkdirSync(join(dir, 'data/kms'), { recursive: true })
      const bind = [
        'unshare',
        '--mount',
        '/bin/sh',
        '-c',
        'mount --bind "$0" /srv && exec "$@"',
        join(dir, 'data'),
      ]
      await meanwhile(
        "fs.openSync('/srv/kms/LOCK', 'w')",
        '/',
        async (pid) => {
          const found = await systemProcesses.using([join(dir, 'data/kms')])
          expect(found).toEqual([{ pid, command: expect.any(String) as unknown, path: '/srv/kms/LOCK' }])
          expect(await systemProcesses.using([join(dir, 'data/iam')])).toEqual([])
        },
        bind,
      )
      rmSync(dir, { recursive: true })
    },
  )
})
