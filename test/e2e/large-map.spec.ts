import { join } from 'node:path'
import { mkdir, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright/test'
import { kiokManifest, kiokStore } from '../lab/hostile-manifests.ts'
import { addCluster, atDesk } from './desk.ts'
import { expect, test, type Holdfast } from './holdfast.ts'
import { goTo } from './walks.ts'

const nights = 2_000
const stores = ['metadata', 'kms', 'iam', 'connections', 'joblog']

/** Five stores a night, of which one changes; the others are held by the first night of their week. */
async function makeNights({ dir }: Holdfast): Promise<string> {
  const root = join(dir, 'many')
  const firstMs = Math.floor(Date.now() / 1000) * 1000 - nights * 3_600_000
  const idOf = (night: number): string =>
    `${new Date(firstMs + night * 3_600_000).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z-${String(night).padStart(8, '0')}`
  for (let night = 0; night < nights; night += 1) {
    const folder = join(root, idOf(night))
    await mkdir(folder, { recursive: true })
    const holder = (store: string): string => idOf(store === 'metadata' ? night : night - (night % 7))
    const held = stores.map((store) => [store, kiokStore({ holder: holder(store), object: `${store}.enc` })])
    await writeFile(
      join(folder, 'manifest.json'),
      kiokManifest({ backupId: idOf(night), stores: Object.fromEntries(held) }),
    )
  }
  return root
}

const activeRow = async (page: Page): Promise<string> => {
  const id = await page.getByRole('treegrid').getAttribute('aria-activedescendant')
  return /^chain-(\d+)-/.exec(id ?? '')?.[1] ?? 'none'
}

test('A chain map of 2 000 backups and five stores draws what is seen and no more, and is walked by keys from end to end', async ({
  page,
  holdfast,
}) => {
  const root = await makeNights(holdfast)
  const { id } = await atDesk(holdfast, async (client) =>
    addCluster(client, { name: 'kiok-many', address: pathToFileURL(root).href }),
  )
  await holdfast.start(page)
  await goTo(page, `/clusters/${id}/chain?rows=all`)
  const map = page.getByRole('treegrid')
  await expect(map).toHaveAttribute('aria-rowcount', String(nights + 1))
  await expect(map).toHaveAttribute('aria-colcount', String(stores.length + 2))
  const expectBounded = async (): Promise<void> => {
    expect(await map.getByRole('row').count()).toBeLessThan(80)
    const nodes: unknown = await page.evaluate('document.querySelectorAll("*").length')
    expect(Number(nodes)).toBeLessThan(6_000)
  }
  await expectBounded()

  await map.press('End')
  await expect.poll(() => activeRow(page)).toBe(String(nights - 1))
  await expectBounded()
  await map.press('Home')
  await expect.poll(() => activeRow(page)).toBe('0')
  for (const [key, row] of [
    ['ArrowDown', '1'],
    ['ArrowDown', '2'],
    ['ArrowUp', '1'],
  ] as const) {
    await map.press(key)
    await expect.poll(() => activeRow(page)).toBe(row)
  }
  // Page by page to the last one, with the row that has the keyboard always in view.
  for (let presses = 0; (await activeRow(page)) !== String(nights - 1); presses += 1) {
    expect(presses).toBeLessThan(nights)
    await map.press('PageDown')
    // It is named as soon as its row is drawn.
    await expect.poll(() => activeRow(page)).not.toBe('none')
    const active = page.locator(`[id="${await map.getAttribute('aria-activedescendant')}"]`)
    await expect(active).toBeInViewport()
    await expectBounded()
  }
  await map.press('ArrowRight')
  await map.press('Enter')
  const panel = page.getByRole('complementary', { name: 'Selected object' })
  await expect(panel.getByRole('heading').first()).toContainText(/\d backups?/)
  await expect(page).toHaveURL(/object=/)
  await expectBounded()
  await map.press('Escape')
  await expect(page).not.toHaveURL(/object=/)
})
