import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recoveryOf } from '../../../src/main/desk/runbooks/recovery.ts'
import type { Recovery } from '../../../src/main/ports/recovery.ts'
import { openDeskLab, type DeskLab } from './desk-lab.ts'

let lab: DeskLab

beforeAll(async () => {
  lab = await openDeskLab()
})
afterAll(async () => lab.close())

/** What a run has. */
function newRun(id: string): Recovery {
  const cluster = lab.ports.state.clusters.get('kiok-stage')
  if (cluster === null) throw new Error('the lab has no such cluster')
  return recoveryOf(cluster, { id }, lab.ports, new AbortController().signal)
}

const silent = (): void => undefined

/** The newest good backup, restored as planned; the plan's hash and how it ended. */
async function restoreBy(run: Recovery, address: string) {
  const points = await run.points()
  const proved = await Promise.all(
    points.slice(0, 1).map(async ({ backupId }) => run.prove(backupId, silent)),
  )
  const backupId = proved[0]?.backupId ?? ''
  const { hash } = await run.plan(backupId, { address })
  const again = async () => run.restore(backupId, { address }, hash, silent)
  return { hash, again, result: await again() }
}

test('a run takes back what it has restored itself, once, and nothing of another run', async () => {
  const address = join(lab.dir, 'master-1')
  const first = newRun('run-1')
  const { hash } = await restoreBy(first, address)
  const names = readdirSync(address).sort()
  expect((await first.state({ address }, hash)).kind).toBe('done')

  const second = newRun('run-2')
  expect((await second.state({ address }, hash)).kind).toBe('none')
  const nothing = await second.rollBack({ address })
  expect(nothing.sentence).toContain('nothing there was taken back')
  expect(readdirSync(address).sort()).toEqual(names)

  const { result } = await restoreBy(second, address)
  expect(result.movedAside.length).toBeGreaterThan(0)
  expect((await first.state({ address }, hash)).kind).toBe('none')
  expect((await first.rollBack({ address })).sentence).toContain('nothing there was taken back')
  await second.rollBack({ address })
  const back = readdirSync(address).sort()
  expect((await second.rollBack({ address })).sentence).toContain('is back')
  expect(readdirSync(address).sort()).toEqual(back)
})

test('a restore whose end was not written down any more is not made a second time', async () => {
  const address = join(lab.dir, 'master-2')
  await restoreBy(newRun('run-1'), address)
  const { again, result } = await restoreBy(newRun('run-2'), address)
  const journal = join(address, '.holdfast/journal')
  const lines = readFileSync(journal, 'utf8').trimEnd().split('\n')
  expect(lines.at(-1)).toContain('"kind":"done"')
  writeFileSync(
    journal,
    lines
      .slice(0, -1)
      .map((line) => `${line}\n`)
      .join(''),
  )
  const names = readdirSync(address).sort()
  expect(await again()).toEqual(result)
  expect(readdirSync(address).sort()).toEqual(names)
})
