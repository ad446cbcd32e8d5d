import { addCluster, atDesk, makeRepository, verifyAll } from './desk.ts'
import { expect, test } from './holdfast.ts'
import { goTo } from './walks.ts'

test('A hint comes on focus as on hover, stays while it is pointed at, and Escape takes nothing else away', async ({
  page,
  holdfast,
}) => {
  const { address } = await makeRepository(holdfast, 'kiok-hints', { plain: true })
  const id = await atDesk(holdfast, async (client) => {
    const cluster = await addCluster(client, { name: 'kiok-hints', address })
    await verifyAll(client, cluster.id)
    return cluster.id
  })
  await holdfast.start(page)
  await goTo(page, `/clusters/${id}/backups`)
  const hint = page.getByRole('tooltip')
  const older = page.getByRole('button', { name: 'Older backup' })
  await page.keyboard.press('Tab')
  await older.focus()
  await expect(hint).toHaveText('Older backup ]')
  await expect(older).toHaveAccessibleDescription('Older backup ]')
  await page.keyboard.press('Escape')
  await expect(hint).toBeHidden()
  await expect(older).toBeFocused()
  await expect(page).toHaveURL(/\/backups/)

  const hash = page.getByRole('button', { name: 'copy all of it' }).first()
  await hash.hover()
  await expect(hint).toHaveText(/^([0-9a-f]{4} ?){16}$/)
  await hint.hover()
  await expect(hint).toBeVisible()
  await page.mouse.move(1, 1)
  await expect(hint).toBeHidden()

  await page.keyboard.press('v')
  const dialog = page.getByRole('dialog', { name: 'Verify kiok-hints' })
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(older).toBeFocused()
})

test('A time in a row is whole for who hears it, and what the row opens tells it by the keyboard', async ({
  page,
  holdfast,
}) => {
  const { address } = await makeRepository(holdfast, 'kiok-times', { plain: true })
  const id = await atDesk(holdfast, async (client) => {
    const cluster = await addCluster(client, { name: 'kiok-times', address })
    await verifyAll(client, cluster.id)
    return cluster.id
  })
  await holdfast.start(page)
  const proof = page.getByRole('row', { name: /^kiok-times:/ }).locator('small time')
  await expect(proof.first()).toHaveText(/ ago \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)$/)

  await goTo(page, `/clusters/${id}/backups`)
  const row = page.getByRole('gridcell').locator('time').first()
  await expect(row).toHaveText(/ \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)$/)
  await expect(page.getByRole('gridcell').getByRole('button')).toHaveCount(0)
  await page.getByRole('gridcell').first().click()
  const pane = page.getByRole('complementary', { name: 'Backup' })
  await page.keyboard.press('Tab')
  await pane.getByRole('button', { name: / ago$/ }).first().focus()
  await expect(page.getByRole('tooltip')).toHaveText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('tooltip')).toBeHidden()
})
