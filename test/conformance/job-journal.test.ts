import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openJobFiles } from '../../src/main/adapters/job-files/open-job-files.ts'
import { memoryJournalPlace } from '../fakes/job-journal.ts'
import { jobJournalConformance } from './job-journal.ts'

jobJournalConformance('files', async () => {
  const above = mkdtempSync(join(tmpdir(), 'holdfast-'))
  return {
    open: async (readOnlyBecause) =>
      openJobFiles(join(above, 'jobs'), { readOnlyBecause: readOnlyBecause ?? null, patienceMs: 500 }),
    [Symbol.asyncDispose]: async () => rmSync(above, { recursive: true }),
  }
})

jobJournalConformance('memory', async () => {
  const place = memoryJournalPlace()
  return {
    open: async (readOnlyBecause) => place.open(readOnlyBecause === undefined ? {} : { readOnlyBecause }),
    [Symbol.asyncDispose]: async () => undefined,
  }
})
