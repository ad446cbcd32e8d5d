import { beforeAll, describe, expect, test } from 'vitest'
import { changoFolder, keyFile, type RepositoryFixture } from './fixture.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
let chango: RepositoryFixture
beforeAll(async () => {
  chango = await changoFolder(home, 'chango')
})

describe('A backup of chango', () => {
  test('is shown by the beginning of its id, with what is known of it before anything was read, and where its manifest lies', async () => {
    const [older = '', newer = ''] = chango.ids
    for (const id of [older, newer]) {
      const { status, stdout } = await runCli(home, ['show', id, '--manifest', ...chango.flags])
      expect([id, status]).toEqual([id, 0])
      expect(stdout).toContain(id)
      expect(stdout).toContain('The manifest lies inside the object; "holdfast verify" reads it.')
      expect(stdout).toContain('Nothing was read but listings and manifests')
    }
    const { status, stdout } = await runCli(home, ['show', newer, '--json', ...chango.flags])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      system: 'chango',
      backup: { backupId: newer, verdict: 'unknown', manifest: null, sizeBytes: expect.any(Number) },
    })
  })

  test('is shown with what a verification has found since, and still reads nothing', async () => {
    const keys = ['--master-key-file', keyFile(home)]
    const newer = chango.ids[1] ?? ''
    expect((await runCli(home, ['verify', newer, ...chango.flags, ...keys])).status).toBe(0)
    const { stdout } = await runCli(home, ['show', newer, '--json', ...chango.flags, ...keys])
    expect(JSON.parse(stdout)).toMatchObject({ backup: { verdict: 'good' } })
  })
})
