import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shellHost } from '../lab/shell-host.ts'
import { targetOn } from '../lab/ssh-target.ts'
import { restoreTargetConformance } from './restore-target.ts'

restoreTargetConformance('by a shell, without the connection', async () => {
  const above = mkdtempSync(join(tmpdir(), 'holdfast-'))
  const dir = join(above, 'data')
  return {
    dir,
    open: async () => targetOn(shellHost(), dir),
    [Symbol.asyncDispose]: async () => rmSync(above, { recursive: true }),
  }
})
