import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { hasFolderPaths } from '../../../../../src/main/adapters/local-target/folder.ts'
import { openLocalTarget } from '../../../../../src/main/adapters/local-target/open-local-target.ts'
import { shapeOf } from '../../engine/restore/fixture.ts'

const run = 'r1'
const swaps = 10_000

describe.skipIf(!hasFolderPaths)(
  'while somebody swaps folders for links, nothing is written elsewhere',
  () => {
    test.each([
      ['the item', '.holdfast/staging/r1/kms'],
      ['a folder in the item', '.holdfast/staging/r1/kms/deep'],
      ['the staging of the run', '.holdfast/staging/r1'],
      ['the bookkeeping', '.holdfast'],
      ['the target itself', '.'],
    ])('%s', async (_, swapped) => {
      const above = mkdtempSync(join(tmpdir(), 'holdfast-'))
      const victim = join(above, 'victim')
      mkdirSync(join(victim, 'deep'), { recursive: true })
      writeFileSync(join(victim, 'f0'), 'of the victim')
      const before = shapeOf(victim)
      const dir = join(above, 'data')
      const target = await (
        await openLocalTarget(dir, { repositoryFolder: null, clock: { now: () => 0 } })
      ).lock()
      await target.createStaging(run)
      await target.makeFolder({ area: 'staging', run, name: 'kms' }, 'deep', null)
      const folder = swapped === '.' ? dir : join(dir, swapped)
      const racer = new Worker(new URL('racer.ts', import.meta.url), {
        workerData: { folder, victim, times: swaps },
      })
      let swapsDone = 0
      const ended = new Promise<void>((resolve, reject) => {
        racer.on('message', (count: number) => (swapsDone = count))
        racer.on('error', reject)
        racer.on('exit', () => resolve())
      })
      let isOver = false
      void ended.finally(() => (isOver = true))
      let written = 0
      for (let count = 0; !isOver; count += 1) {
        const place = { area: 'staging', run, name: 'kms' } as const
        const bytes = (async function* () {
          yield Buffer.from('secret')
        })()
        // Each time another folder, so that the way is walked anew.
        const path = count % 2 === 0 ? `f${count}` : `deep/f${count}`
        const work = [
          async () => target.writeFile(place, path, bytes, { owner: null, sizeBytes: 6 }),
          async () => target.makeFolder(place, `g${count}`, null),
          async () => target.writeJournal('line\n', 0),
          async () => target.createStaging(`other-${count}`),
          async () => target.removeStaging(`other-${count}`),
        ]
        for (const operation of work) {
          try {
            await operation()
            written += 1
          } catch (error) {
            expect(error).toHaveProperty('code', expect.stringMatching(/^(target\.refused|restore\.failed)$/))
          }
        }
      }
      await ended
      await target.removeStaging(run).catch(() => undefined)
      expect(swapsDone).toBeGreaterThan(swaps / 10)
      expect(written).toBeGreaterThan(0)
      expect(shapeOf(victim)).toEqual(before)
      await target.close()
      rmSync(above, { recursive: true })
    })
  },
)
