import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { inProcessByteWork } from '../fakes/in-process-byte-work.ts'
import { openStore } from '../../src/main/hosts/open-store.ts'
import { demonstrationFleet } from '../lab/demonstration-folder.ts'

const ports = { clock: systemClock, openStore, openByteWork: async () => inProcessByteWork(new Map()) }

test('The fleet of a demonstration is made once, and used again with all that was done in it; one cut short is made anew', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hf-demo-'))
  try {
    const made = await demonstrationFleet(dir, ports)
    expect(made.madeAt).toBeNull()
    const note = join(dir, 'fleet', 'note')
    writeFileSync(note, 'done in it')
    const again = await demonstrationFleet(dir, ports)
    expect(again).toMatchObject({ clusters: made.clusters, masterKeyFile: made.masterKeyFile })
    expect(Date.parse(again.madeAt ?? '')).toBeGreaterThan(0)
    expect(readFileSync(note, 'utf8')).toBe('done in it')

    writeFileSync(join(dir, '.holdfast-demonstration.json'), '{"schema":1,"fleetMadeAt":null}')
    expect((await demonstrationFleet(dir, ports)).madeAt).toBeNull()
    expect(() => readFileSync(note)).toThrow(/ENOENT/)
  } finally {
    rmSync(dir, { recursive: true })
  }
})
