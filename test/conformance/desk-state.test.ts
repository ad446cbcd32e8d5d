import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDeskState } from '../../src/main/adapters/saved-state/open-desk-state.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { memoryDeskPlace } from '../fakes/desk-state.ts'
import { deskStateConformance } from './desk-state.ts'

deskStateConformance('files', async () => {
  const above = mkdtempSync(join(tmpdir(), 'holdfast-'))
  return {
    open: async () => openDeskState(join(above, 'state'), { clock: systemClock }),
    [Symbol.asyncDispose]: async () => rmSync(above, { recursive: true }),
  }
})

deskStateConformance('memory', async () => {
  const place = memoryDeskPlace()
  return { open: async () => place.open(), [Symbol.asyncDispose]: async () => undefined }
})
