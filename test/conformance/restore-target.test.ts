import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLocalTarget } from '../../src/main/adapters/local-target/open-local-target.ts'
import { restoreTargetConformance } from './restore-target.ts'

for (const byDescriptor of [true, false]) {
  restoreTargetConformance(byDescriptor ? 'local, by open folders' : 'local, by plain paths', async () => {
    const above = mkdtempSync(join(tmpdir(), 'holdfast-'))
    const dir = join(above, 'data')
    const options = { repositoryFolder: null, clock: { now: () => 0 }, byDescriptor }
    return {
      dir,
      open: async () => openLocalTarget(dir, options),
      [Symbol.asyncDispose]: async () => rmSync(above, { recursive: true }),
    }
  })
}
