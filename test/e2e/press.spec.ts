import type { Locator, Page } from 'playwright/test'
import { addCluster, addSealedCluster, atDesk, makeRepository } from './desk.ts'
import { expect, test } from './holdfast.ts'

async function pushDown(page: Page, byPx: number): Promise<void> {
  await page.evaluate(`document.querySelector('main').style.paddingTop = '${byPx}px'`)
}

/** Presses an element, and has the page pushed away by something that comes in before the button of the mouse is up again. */
async function pressWhileItMoves(page: Page, element: Locator, byPx: number): Promise<void> {
  const box = await element.boundingBox()
  if (box === null) throw new Error('What is to be pressed is not seen.')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await pushDown(page, byPx)
  await page.mouse.up()
}

test('A press is for what lay under it when it began, also where the page moves meanwhile', async ({
  page,
  holdfast,
}) => {
  const sealed = await makeRepository(holdfast, 'kiok-a')
  const plain = await makeRepository(holdfast, 'kiok-b', { plain: true })
  await atDesk(holdfast, async (client) => {
    await addSealedCluster(client, { name: 'kiok-a', address: sealed.address })
    await addCluster(client, { name: 'kiok-b', address: plain.address })
  })
  await holdfast.start(page)
  const unlock = page.getByRole('button', { name: 'Unlock…' })
  const dialog = page.getByRole('dialog', { name: 'The vault is locked' })
  const fleet = page.url()

  // Its own row comes under the pointer, then another one, then nothing at all.
  for (const byPx of [18, 70, 400]) {
    await pressWhileItMoves(page, unlock, byPx)
    await expect(dialog).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    expect(page.url()).toBe(fleet)
    await pushDown(page, 0)
  }

  // Drawn away from its target, a press is taken back.
  await unlock.hover()
  await page.mouse.down()
  await page.getByRole('heading', { level: 1 }).hover()
  await page.mouse.up()
  await page.getByRole('link', { name: 'kiok-b' }).last().click()
  await expect(page).toHaveURL(/#\/clusters\/kiok-b/)
  await expect(dialog).toBeHidden()
})
