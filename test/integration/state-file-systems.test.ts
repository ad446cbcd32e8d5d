import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openCatalog } from '../../src/main/adapters/catalog-file/catalog-file.ts'
import { openJobFiles } from '../../src/main/adapters/job-files/open-job-files.ts'
import { openDeskState } from '../../src/main/adapters/saved-state/open-desk-state.ts'
import { openRunFiles } from '../../src/main/adapters/run-files/open-run-files.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import type { RunHead } from '../../src/main/ports/run-journal.ts'
import type { RunEntry } from '../../src/shared/domain/runbook-events.ts'
import { savedCluster, savedRepository, verdictOf } from '../conformance/desk-state.ts'
import { journalJob, waiting } from '../conformance/job-journal.ts'
import { canMount, fileSystem, whyNotMounted } from '../support/small-file-system.ts'

/** Leaves so much space on a file system. */
function fill(disk: string, leftBytes: number): string {
  const ballast = join(disk, 'ballast')
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(ballast, Buffer.alloc(bavail * bsize - leftBytes))
  return ballast
}

const large = 'x'.repeat(100_000)

const head: RunHead = {
  id: 'run-1',
  scenario: 'KI-1',
  clusterId: 'c1',
  setting: { cluster: { name: 'kiok-prod', system: 'kiok', connection: null }, inputs: {} },
  startedAt: '2026-11-20T02:00:00.000Z',
  startedBy: 'ada',
  failedAt: '2026-11-20T01:00:00.000Z',
  answers: [],
  reason: null,
}

describe.skipIf(!canMount)(`saved state on a real file system${whyNotMounted}`, () => {
  test('that becomes full keeps the old file whole, says so, and goes on once there is space', async () => {
    using disk = fileSystem(4 * 1024 * 1024)
    const folder = join(disk.path, 'state')
    const state = await openDeskState(folder, { clock: systemClock })
    await state.clusters.put(savedCluster('c1'))
    await state.verifications.append('s3://bucket/', [verdictOf('b1', 'j1')])
    const old = readFileSync(join(folder, 'clusters.json'), 'utf8')
    // Enough for the beginning of what is written: a write that is cut short is the dangerous one.
    const ballast = fill(disk.path, 32 * 1024)
    const full = { code: 'state.busy', text: { why: 'The file system is full.' } }
    await expect(state.clusters.put(savedCluster('c2', large))).rejects.toMatchObject(full)
    const finding = { code: 'format.unknown' as const, severity: 'warning' as const, message: large }
    const verdict = { ...verdictOf('b1', 'j2'), findings: [finding] }
    await expect(state.verifications.append('s3://bucket/', [verdict])).rejects.toMatchObject(full)
    expect(readFileSync(join(folder, 'clusters.json'), 'utf8')).toBe(old)
    expect(readdirSync(folder).filter((name) => name.endsWith('.draft'))).toEqual([])
    expect(state.clusters.list()).toEqual([savedCluster('c1')])
    rmSync(ballast)
    await state.clusters.put(savedCluster('c2', large))
    await state.verifications.append('s3://bucket/', [verdictOf('b1', 'j3')])
    await state.close()
    const next = await openDeskState(folder, { clock: systemClock })
    expect(next.problems).toEqual([])
    expect(next.clusters.list()).toHaveLength(2)
    const jobs = (await next.verifications.list('s3://bucket/', 'b1')).map(({ jobId }) => jobId)
    expect(jobs).toEqual(['j3', 'j1'])
    await next.close()
  })

  test('that becomes full keeps what the catalog remembered', async () => {
    using disk = fileSystem(4 * 1024 * 1024)
    const open = async () => openCatalog(join(disk.path, 'state')).openRepository('s3://bucket/')
    const hash = { sha256: 'a'.repeat(64), at: '2026-11-20T02:00:00.000Z', source: 'seen' as const }
    const first = await open()
    first.sawHash('k1', hash)
    await first.save()
    fill(disk.path, 32 * 1024)
    first.sawHash(large, hash)
    await expect(first.save()).rejects.toMatchObject({ code: 'ENOSPC' })
    expect((await open()).firstHash('k1')).toEqual(hash)
  })

  test('that is full refuses a job before it begins', async () => {
    using disk = fileSystem(1024 * 1024)
    const folder = join(disk.path, 'jobs')
    const journal = await openJobFiles(folder, { readOnlyBecause: null })
    fill(disk.path, 0)
    await expect(journal.begin(journalJob('j1'), [waiting])).rejects.toMatchObject({ code: 'ENOSPC' })
    await journal.close()
    expect(await (await openJobFiles(folder, { readOnlyBecause: null })).load()).toEqual([])
  })

  test('that becomes full in the middle of a line leaves the journal of a runbook one that can be read', async () => {
    using disk = fileSystem(4 * 1024 * 1024)
    const open = async () => openRunFiles(join(disk.path, 'runs'), { readOnlyBecause: null })
    const note = (n: number, text: string): RunEntry => ({
      n,
      at: '2026-11-20T02:00:00.000Z',
      by: 'ada',
      event: { type: 'takenOver', note: text },
    })
    const runs = await open()
    await runs.begin(head)
    await runs.append(head.id, note(1, 'before'))
    const ballast = fill(disk.path, 32 * 1024)
    await expect(runs.append(head.id, note(2, large))).rejects.toMatchObject({ code: 'ENOSPC' })
    rmSync(ballast)
    await runs.append(head.id, note(2, 'after'))
    const next = await open()
    expect(next.problems).toEqual([])
    expect(await next.load()).toEqual([{ head, entries: [note(1, 'before'), note(2, 'after')] }])
  })

  test('that can only be read is opened for reading', async () => {
    using disk = fileSystem(1024 * 1024)
    const folder = join(disk.path, 'state')
    const state = await openDeskState(folder, { clock: systemClock })
    await state.repositories.put(savedRepository('r1'))
    await state.close()
    expect(spawnSync('mount', ['-o', 'remount,ro', disk.path]).status).toBe(0)
    const reader = await openDeskState(folder, { clock: systemClock })
    expect(reader.readOnlyBecause).toBe('It cannot be written. The file system is mounted read-only.')
    expect(reader.repositories.list()).toEqual([savedRepository('r1')])
    await expect(reader.repositories.remove('r1')).rejects.toMatchObject({ code: 'state.readOnly' })
    await reader.close()
  })
})
