import { expect, test } from './holdfast.ts'

test('The fleet says first what is at risk, worst first, and leads to it', async ({ page, holdfast }) => {
  await holdfast.startDemonstration(page)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('kiok-prod can only be restored to')
  await expect(page.getByText('Damaged object.').first()).toBeVisible()
  await page.getByText('Show what hangs on it').first().click()
  await expect(page).toHaveURL(/#\/clusters\/kiok-prod\/chain/)
  expect(await holdfast.stop()).toBe(0)
})

test('A hash that is typed into the palette leads to the object that has it, and to what hangs on it', async ({
  page,
  holdfast,
}) => {
  await holdfast.startDemonstration(page)
  await expect(page.getByText('Damaged object.').first()).toBeVisible()
  await page.goto(new URL('#/clusters/kiok-prod/backups', page.url()).href)
  await page.getByRole('gridcell').first().click()
  const hashes = page.getByRole('table', { name: 'Hashes of this backup' })
  const kms = hashes.getByRole('row', { name: /^kms/ })
  await expect(kms).toContainText('never seen so')
  const recorded = (await kms.getByRole('button').first().textContent()) ?? ''
  await page.goto(new URL('#/', page.url()).href)

  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog')
  await palette.getByRole('textbox').fill(recorded)
  const hit = palette.locator('[data-selected]')
  await expect(hit).toContainText('kms.enc')
  await expect(hit).toContainText(/kiok-prod, [0-9a-f]{4} [0-9a-f]{4}, in 13\sbackups/)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/clusters\/kiok-prod\/chain\?object=/)
  await expect(page.getByText('Dies with it').first()).toBeVisible()
})

test('A look at every cluster asks for those that change, and never again for the whole fleet', async ({
  page,
  holdfast,
}) => {
  await holdfast.startDemonstration(page)
  const again = page.getByRole('button', { name: 'Look again' })
  await expect(again).toBeEnabled()
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await again.click()
  await expect.poll(() => asked.filter((path) => path === '/rpc/clusters/some').length).toBeGreaterThan(0)
  await expect(again).toBeEnabled()
  expect(asked.filter((path) => path === '/rpc/clusters/list')).toEqual([])
})

test('An age that is pointed at tells its time in UTC, until Escape or the pointer leaves', async ({
  page,
  holdfast,
}) => {
  await holdfast.startDemonstration(page)
  const age = page.getByRole('main').locator('[data-row] button:has(time)').first()
  const told = page.getByRole('tooltip')
  await age.hover()
  await expect(told).toHaveText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/)
  await page.keyboard.press('Escape')
  await expect(told).toHaveCount(0)
  await page.getByRole('heading', { level: 1 }).hover()
  await age.hover()
  await expect(told).toBeVisible()
  await page.getByRole('heading', { level: 1 }).hover()
  await expect(told).toHaveCount(0)

  const utc = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/
  // The same in the sidebar, and in the head of a cluster by the keyboard's focus.
  const item = page.getByRole('navigation', { name: 'Holdfast' }).getByRole('link', { name: / kiok-prod / })
  await expect(item.getByTitle(utc)).toBeVisible()
  await item.click()
  for (const shown of await page.locator('header button:has(time)').all()) {
    await page.keyboard.press('Tab')
    await shown.focus()
    await expect(told).toHaveText(utc)
    await page.keyboard.press('Escape')
    await expect(told).toHaveCount(0)
  }
  // Of the newest backup, of what the masters said, of the look at the repository.
  expect(await page.locator('header button:has(time)').count()).toBe(3)
})
