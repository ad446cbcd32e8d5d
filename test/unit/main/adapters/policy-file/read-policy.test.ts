import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readPolicy } from '../../../../../src/main/adapters/policy-file/read-policy.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-policy-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

test('Where there is no file nothing is locked', async () => {
  expect(await readPolicy(join(dir, 'policy.json'))).toBeNull()
  expect(await readPolicy(join(dir, 'no folder', 'policy.json'))).toBeNull()
})

// Only root can make a file that is believed.
describe.skipIf(process.getuid?.() !== 0)('The administrator’s file', () => {
  const written = (text: string, mode = 0o644): string => {
    const file = join(dir, 'policy.json')
    writeFileSync(file, text)
    chmodSync(file, mode)
    return file
  }

  test('says what is locked; what it does not name is free', async () => {
    const file = written(
      '{"schema": 1, "settings": {"autoLockMinutes": 5, "workers": null}, "leastMode": "protected", "refuse": ["plainHttp"]}',
    )
    expect(await readPolicy(file)).toEqual({
      file,
      settings: { autoLockMinutes: 5, workers: null },
      leastMode: 'protected',
      refuse: ['plainHttp'],
    })
    written('{"schema": 1}')
    expect(await readPolicy(file)).toEqual({ file, settings: {}, leastMode: 'normal', refuse: [] })
  })

  test.each([
    ['is empty', ''],
    ['is no JSON', '{"schema": 1'],
    ['is no object', '[]'],
    ['says nothing of its schema', '{}'],
    ['is of a newer schema', '{"schema": 2}'],
    ['names what nobody knows', '{"schema": 1, "leastmode": "protected"}'],
    ['names a setting that nobody can lock', '{"schema": 1, "settings": {"theme": "dark"}}'],
    ['names one thing twice', '{"schema": 1, "leastMode": "readOnly", "leastMode": "normal"}'],
    ['refuses what nobody knows', '{"schema": 1, "refuse": ["http"]}'],
    ['is out of bounds', '{"schema": 1, "settings": {"autoLockMinutes": 0}}'],
    ['is deep', `{"schema": 1, "settings": ${'['.repeat(70)}${']'.repeat(70)}}`],
    ['is too large', `{"schema": 1, "leastMode": "normal"${' '.repeat(64 * 1024)}}`],
  ])('is not passed over where it %s', async (_what, text) => {
    const file = written(text)
    const error = await readPolicy(file).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'policy.broken',
      text: { what: expect.stringContaining(file), unchanged: 'Nothing was begun.' },
    })
  })

  test('is not believed where somebody else could have written it', async () => {
    const writers = /owned by root, mode 0644/
    for (const mode of [0o664, 0o646]) {
      await expect(readPolicy(written('{"schema": 1}', mode))).rejects.toMatchObject({
        text: { why: expect.stringMatching(writers) },
      })
    }
    const file = written('{"schema": 1}')
    chownSync(file, 65534, 0)
    await expect(readPolicy(file)).rejects.toMatchObject({ text: { why: expect.stringMatching(writers) } })
  })

  test('is no folder, and no pipe that is waited for', async () => {
    const folder = join(dir, 'folder.json')
    mkdirSync(folder)
    const pipe = join(dir, 'pipe.json')
    execFileSync('mkfifo', [pipe])
    for (const file of [folder, pipe]) {
      await expect(readPolicy(file)).rejects.toMatchObject({
        code: 'policy.broken',
        text: { why: 'It is no file.' },
      })
    }
  })
})
