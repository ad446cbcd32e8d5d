import { rm } from 'node:fs/promises'
import { addCluster, atDesk, makeRepository } from './desk.ts'
import { expect, test } from './holdfast.ts'
import { goTo } from './walks.ts'

test('How the manifest is shown stays in the address, over other backups, other tabs and a reload', async ({
  page,
  holdfast,
}) => {
  const name = 'kiok-address'
  const { address, backupIds } = await makeRepository(holdfast, name, { plain: true, nights: 2 })
  const id = await atDesk(holdfast, async (client) => (await addCluster(client, { name, address })).id)
  await holdfast.start(page)
  await goTo(page, `/clusters/${id}/backups?backup=${backupIds[0]}&tab=manifest`)
  const isText = page.getByRole('radio', { name: 'Text' })
  await page.getByText('Text', { exact: true }).click()
  await expect(page).toHaveURL(/[?&]manifest=text/)
  await page.getByRole('tab', { name: 'History' }).click()
  await goTo(page, `/clusters/${id}/backups?backup=${backupIds[1]}&tab=manifest&manifest=text`)
  await expect(isText).toBeChecked()
  await page.getByText('Tree', { exact: true }).click()
  await expect(page).not.toHaveURL(/manifest=text/)
})

test('Backup ids stand whole in the list of a small window', async ({ page, holdfast }) => {
  const name = 'kiok-narrow'
  const { address, backupIds } = await makeRepository(holdfast, name, { plain: true, nights: 1 })
  const id = await atDesk(holdfast, async (client) => (await addCluster(client, { name, address })).id)
  await holdfast.start(page)
  for (const width of [1280, 1440, 1920]) {
    await page.setViewportSize({ width, height: 800 })
    await goTo(page, `/clusters/${id}/backups`)
    const cell = page.getByRole('grid').getByRole('gridcell', { name: backupIds[0] ?? '' })
    await expect(cell).toBeVisible()
    const [text, room] = [await cell.locator('> span').boundingBox(), await cell.boundingBox()]
    expect(text?.width, `at ${width}`).toBeLessThanOrEqual(room?.width ?? 0)
  }
})

test('The head of a cluster whose repository was never reached says so', async ({ page, holdfast }) => {
  const name = 'kiok-unreached'
  const { address, folder } = await makeRepository(holdfast, name, { plain: true, nights: 1 })
  await rm(folder, { recursive: true })
  const id = await atDesk(holdfast, async (client) => (await addCluster(client, { name, address })).id)
  await holdfast.start(page)
  await goTo(page, `/clusters/${id}/overview`)
  const head = page.getByRole('main').locator('header').first()
  await expect(head).toContainText('never reached')
  await expect(head).not.toContainText('seen')
})

test('What hangs on an object is led to: from another page, and on the map that shows it already', async ({
  page,
  holdfast,
}) => {
  await holdfast.startDemonstration(page)
  await goTo(page, '/clusters/kiok-prod/overview')
  const panel = page.getByRole('complementary', { name: 'Selected object' })
  const show = page.getByRole('link', { name: 'Show what hangs on it' })
  await show.first().press('Enter')
  await expect(panel).toBeFocused()
  await page.keyboard.press('Shift+Tab')
  await show.first().press('Enter')
  await expect(panel).toBeFocused()
  await expect(page).toHaveURL(/\/chain\?object=/)
})

test('What a preview of retention deletes is told beside the question, however many backups it lists', async ({
  page,
  holdfast,
}) => {
  await page.setViewportSize({ width: 1280, height: 800 })
  await holdfast.startDemonstration(page)
  await goTo(page, '/clusters/kiseki-lab/schedule')
  await page.getByRole('button', { name: 'Preview what goes…' }).click()
  const dialog = page.getByRole('dialog', { name: 'What goes of kiseki-lab' })
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await expect(dialog.getByText(/backups would go: /)).toBeInViewport()
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeInViewport()
  await expect(dialog.getByRole('button', { name: /^Delete \d+ objects/ })).toBeInViewport()
})

test('Every system and every kind of a cluster can be seen where one is added, in a small window too', async ({
  page,
  holdfast,
}) => {
  await holdfast.startEmpty(page)
  for (const width of [1024, 1280, 1920]) {
    await page.setViewportSize({ width, height: 800 })
    await goTo(page, '/add')
    for (const group of ['System', 'Kind']) {
      const choice = page.getByRole('radiogroup', { name: group })
      const room = await choice.boundingBox()
      for (const label of await choice.locator('label').all()) {
        const box = await label.boundingBox()
        const right = (box?.x ?? 0) + (box?.width ?? 0)
        expect(right, `${await label.innerText()} at ${width}`).toBeLessThanOrEqual(
          (room?.x ?? 0) + (room?.width ?? 0) + 1,
        )
      }
    }
  }
})
