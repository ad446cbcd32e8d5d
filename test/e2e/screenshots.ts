import { spawnSync } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { walks } from './all-walks.ts'
import { galleryOf } from './gallery.ts'
import { test } from './holdfast.ts'

/**
 * Pictures of every screen, light and dark, as the demonstration shows them: docs/screens. Where pngquant is installed they
 * are a third of the size. The page beside them shows all of them.
 */
const folder = join(import.meta.dirname, '../../docs/screens')

for (const [name, walk] of Object.entries(walks)) {
  test(name, async ({ page, holdfast }) => {
    await mkdir(folder, { recursive: true })
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await walk(page, holdfast, async (screen) => {
      // A report is made for paper.
      const schemes = screen === 'report' ? (['light'] as const) : (['dark', 'light'] as const)
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme })
        const path = join(folder, `${screen}-${colorScheme}.png`)
        await page.screenshot({ path, animations: 'disabled', caret: 'hide' })
        spawnSync('pngquant', ['--force', '--ext', '.png', '--skip-if-larger', '128', path])
      }
    })
  })
}

test.afterAll(async () => {
  const pictures = (await readdir(folder)).filter((file) => file.endsWith('.png'))
  await writeFile(join(folder, 'README.md'), galleryOf(pictures))
})
