import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openInBrowser } from '../../../../src/main/hosts/open-in-browser.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-browser-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** A program in place of the browser that writes down what it was started with. */
function aBrowser(): Promise<string> {
  const said = join(folder, 'said')
  const program = join(folder, 'xdg-open')
  writeFileSync(
    program,
    `#!/bin/sh\n{ tr '\\0' '\\n' </proc/$$/environ; echo "opened $1"; } >${said}.part\nmv ${said}.part ${said}\n`,
  )
  chmodSync(program, 0o755)
  return new Promise((resolve) => {
    const look = watch(folder, () => {
      if (!existsSync(said)) return
      look.close()
      resolve(readFileSync(said, 'utf8'))
    })
  })
}

test.skipIf(process.platform !== 'linux')(
  'The browser is started with the display and the settings of the account, and with no secret of this process',
  async () => {
    const said = aBrowser()
    const secrets = ['HOLDFAST_MASTER_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']
    for (const name of [...secrets, 'PGPASSWORD', 'GITHUB_TOKEN']) vi.stubEnv(name, `canary of ${name}`)
    vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`)
    vi.stubEnv('DISPLAY', ':77')
    vi.stubEnv('LANG', 'de_AT.UTF-8')
    expect(await openInBrowser('/run/a page.html')).toBe(true)
    const lines = (await said).split('\n')
    expect(lines).toEqual(
      expect.arrayContaining(['DISPLAY=:77', 'LANG=de_AT.UTF-8', 'opened /run/a page.html']),
    )
    expect(lines.filter((line) => line.includes('canary'))).toEqual([])
  },
)

test('Without a display no browser is started', async () => {
  vi.stubEnv('DISPLAY', '')
  vi.stubEnv('WAYLAND_DISPLAY', '')
  if (process.platform === 'linux') expect(await openInBrowser('/run/a page.html')).toBe(false)
})
