import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openScratchSpace } from '../../../src/main/adapters/scratch-folder/open-scratch-space.ts'
import { systemClock } from '../../../src/main/adapters/system/clock.ts'
import { sweepScratch } from '../../../src/main/desk/drills/sweep-scratch.ts'
import { openDesk } from '../../../src/main/hosts/desk.ts'
import { inProcessClient } from '../../../src/main/cli/in-process.ts'
import { memoryAuditLog } from '../../fakes/audit-log.ts'
import { HoldfastError } from '../../../src/shared/domain/error.ts'

const dir = mkdtempSync(join(tmpdir(), 'holdfast-sweep-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
const log = { info: () => undefined, incident: () => 'incident', neverWrite: () => undefined }

test('A desk that opens removes what a killed drill left, says so in its notices, and writes it down', async () => {
  const stateFolder = join(dir, 'state')
  const scratch = openScratchSpace(join(stateFolder, 'scratch'), { clock: systemClock })
  const left = await scratch.make(null, { what: 'a drill of b1', apartFrom: [] })
  const entry = await readEntry(stateFolder)
  // As a process wrote it that is gone: this one had another start.
  await entry.write({ ...entry.value, maker: { ...entry.value.maker, startTicks: '1' } })
  const running = await openDesk({
    stateFolder,
    version: 'test',
    shell: 'command line',
    workerUrl: new URL('../../../src/main/hosts/worker.ts', import.meta.url),
  })
  try {
    const client = inProcessClient(running.router, running.log)
    const { notices } = await client.host.info()
    expect(notices.map(({ text }) => text)).toEqual([
      expect.stringMatching(
        new RegExp(`^${left.dir} was left by a drill of b1, begun at .* It is removed now\\.$`),
      ),
    ])
    expect(existsSync(left.dir)).toBe(false)
    const { entries } = await client.audit.list({ limit: 5 })
    expect(entries[0]).toMatchObject({ action: 'scratch.removed', subject: left.dir })
  } finally {
    await running.close()
  }
})

test('A list of scratch folders that cannot be read keeps no desk from opening', async () => {
  const broken = {
    usual: dir,
    make: async () => Promise.reject(new Error('not asked')),
    refuse: async () => Promise.resolve(),
    sweep: async () => Promise.reject(new HoldfastError('state.broken', { what: 'It cannot be read.' })),
  }
  const audit = memoryAuditLog(systemClock)
  expect(await sweepScratch({ scratch: broken, audit, log })).toEqual(['It cannot be read.'])
})

async function readEntry(stateFolder: string) {
  const { readdir, readFile, writeFile } = await import('node:fs/promises')
  const folder = join(stateFolder, 'scratch')
  const name = (await readdir(folder)).find((each) => each.endsWith('.json')) ?? ''
  const file = join(folder, name)
  return {
    value: JSON.parse(await readFile(file, 'utf8')),
    write: async (value: unknown) => writeFile(file, JSON.stringify(value)),
  }
}
