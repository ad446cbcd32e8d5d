import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { deriveKeys, newKdfHeader } from '../../../../../src/main/adapters/sealed-file/kdf.ts'
import { readSealed, writeSealed } from '../../../../../src/main/adapters/sealed-file/sealed-disk.ts'
import {
  openRecord,
  readDocument,
  writeDocument,
} from '../../../../../src/main/adapters/sealed-file/sealed-document.ts'
import { place } from './fixture.ts'

const child = join(import.meta.dirname, '../../../../support/sealed-file-child.ts')
const rounds = 200

test('killed 200 times while it saves, the file always opens and never holds less than was promised', async () => {
  await using at = await place()
  await using cache = await place()
  const kdf = newKdfHeader(randomBytes(32))
  const keys = await deriveKeys('six random words are best', kdf)
  const typed = Buffer.concat([keys.encryption, keys.seal, keys.commitment]).toString('hex')
  const header = {
    format: 'holdfast sealed file',
    version: 1,
    kdf,
    commitment: keys.commitment.toString('base64'),
  } as const
  await writeSealed(at.folder, writeDocument({ header, generation: 1, records: [] }, keys), { isNew: true })

  /** Gives the last number that the child has promised; null where it was killed before its first. */
  async function killedAfter(turns: number): Promise<number | null> {
    const saver = spawn(process.execPath, [child, at.folder, String(turns)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { NODE_COMPILE_CACHE: cache.folder },
    })
    const gone = once(saver, 'exit')
    saver.stdin.end(typed)
    const lines = (await text(saver.stdout)).trimEnd().split('\n')
    await gone
    expect(saver.signalCode).toBe('SIGKILL')
    return lines.at(-1) === '' ? null : Number(lines.at(-1))
  }

  async function check(): Promise<{ readonly generation: number; readonly isTorn: boolean }> {
    const bytes = await readSealed(at.folder)
    if (bytes === null) throw new Error('the file is gone')
    const { document, isOpenedBy } = readDocument(bytes)
    expect(isOpenedBy(keys)).toBe(true)
    const { generation, records } = document
    const secrets = records.map((record) => Buffer.from(openRecord(record, header, keys)).toString())
    expect(secrets).toEqual(generation === 1 ? [] : [String(generation)])
    const names = await readdir(at.folder)
    expect(['vault.sealed', 'vault.sealed.new']).toEqual(expect.arrayContaining(names))
    for (const name of names) expect((await lstat(join(at.folder, name))).mode & 0o777).toBe(0o600)
    return { generation, isTorn: names.length === 2 }
  }

  let promised = 1
  let torn = 0
  for (let round = 0; round < rounds; round += 1) {
    promised = (await killedAfter(3 * round)) ?? promised
    const { generation, isTorn } = await check()
    expect(generation - promised, `round ${round}`).oneOf([0, 1])
    promised = generation
    if (isTorn) torn += 1
  }
  expect(torn, 'no kill met a save that was under way').toBeGreaterThan(0)
})
