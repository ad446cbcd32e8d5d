import { mkdtempSync, rmSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { openAuditLog } from '../../src/main/adapters/audit-file/open-audit-log.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'
import { memoryAuditLog } from '../fakes/audit-log.ts'
import { auditLogSuite } from './audit-log.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-audit-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

auditLogSuite('the fake in memory', async () => {
  const audit = memoryAuditLog(systemClock)
  return {
    audit,
    refuse: async () => {
      audit.refuse('The disk is full.')
      return async () => audit.refuse(null)
    },
  }
})

let next = 0
auditLogSuite('the file', async () => {
  const stateFolder = join(folder, String((next += 1)))
  const audit = openAuditLog(stateFolder, { clock: systemClock, random: systemRandom, actor: 'the test' })
  return {
    audit,
    // Not by its mode, which does not bind root: no folder can be made where a file stands.
    refuse: async () => {
      await rename(join(stateFolder, 'audit'), join(stateFolder, 'away'))
      await writeFile(join(stateFolder, 'audit'), '')
      return async () => {
        await rm(join(stateFolder, 'audit'))
        await rename(join(stateFolder, 'away'), join(stateFolder, 'audit'))
      }
    },
  }
})
