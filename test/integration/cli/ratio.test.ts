import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { makeChangoArchive, packed, type LabEntry } from '../../lab/chango.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
const zeros = new Uint8Array(1024 * 1024)
const zerosBytes = 1100 * zeros.byteLength

async function* manyZeros(): AsyncGenerator<Uint8Array> {
  for (let left = zerosBytes; left > 0; left -= zeros.byteLength) yield zeros
}

test('An archive that unpacks to hundreds of times its size is refused with the numbers, unless the limit is raised', async () => {
  const archive = await makeChangoArchive({ dialect: 1, seed: 'bomb', when: '2026-11-10T02:00:00Z' })
  const padding: LabEntry = {
    name: 'metadata/000099.sst',
    kind: 'file',
    sizeBytes: zerosBytes,
    contents: manyZeros,
  }
  const folder = join(home, 'bomb')
  mkdirSync(folder)
  const store = await openFolderStore(folder)
  await store.putStream(archive.key, packed([...archive.entries, padding]))
  await store.close()
  const args = [
    'verify',
    '--latest',
    '--json',
    '--system',
    'chango',
    '--repository',
    pathToFileURL(folder).href,
  ]

  const refused = JSON.parse((await runCli(home, args)).stdout)
  expect(refused.backups[0].verdict).toBe('bad')
  expect(refused.backups[0].findings).toMatchObject([
    { code: 'archive.tooLarge', message: expect.stringMatching(/\d{9,}.*200/s) },
  ])
  // What was remembered under the old limit does not answer for the new one.
  const raised = JSON.parse((await runCli(home, [...args, '--max-ratio', '2000'])).stdout)
  expect(raised.backups[0]).toMatchObject({ verdict: 'good', findings: [] })
  expect((await runCli(home, [...args, '--max-ratio', 'much'])).status).toBe(2)
})
