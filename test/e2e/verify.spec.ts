import { addSealedCluster, atDesk, makeRepository, unlockVault } from './desk.ts'
import { expect, test } from './holdfast.ts'

test('A verification says its cost before it starts, changes the fleet, and costs nothing the second time', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-prove')
  await atDesk(holdfast, async (client) => {
    await addSealedCluster(client, { name: 'kiok-prove', address: lab.address })
  })
  await holdfast.start(page)
  await unlockVault(page)
  await page
    .getByRole('row', { name: 'kiok-prove: Not proved' })
    .getByRole('button', { name: 'Verify…' })
    .click()

  const dialog = page.getByRole('dialog', { name: 'Verify kiok-prove' })
  const cost = dialog.getByRole('region', { name: 'What it costs' })
  // Five stores of the first night, three of each of the two others.
  await expect(cost).toContainText(/Reads 11 objects, [\d.]+\skB\./)
  await expect(cost).toContainText('Proves 3 backups')
  await expect(cost).toContainText('holdfast verify')
  await expect(dialog).toContainText('Nothing in the repository is changed.')
  await dialog.getByRole('radio', { name: /^The newest backup/ }).check()
  await expect(cost).toContainText('Reads 5 objects')
  await expect(cost).toContainText('Proves 1 backup up')
  await dialog.getByRole('radio', { name: /^All 3 backups/ }).check()
  await expect(cost).toContainText('Reads 11 objects')
  await dialog.getByRole('button', { name: 'Start' }).click()

  await expect(page).toHaveURL(/#\/activity\/jobs\//)
  await expect(page.getByRole('heading', { level: 2, name: /Verify kiok-prove\s*Done/ })).toBeVisible()
  await expect(
    page.getByRole('heading', { name: /3 of 3 backups good 11 objects, [\d.]+\skB read/ }),
  ).toBeVisible()

  await page.getByRole('link', { name: 'Open the cluster' }).click()
  await expect(page.getByText('Whether it can be restored is not proved.')).toBeHidden()
  await page.getByRole('link', { name: 'Fleet' }).first().click()
  await expect(page.getByRole('row', { name: 'kiok-prove: Good' })).toBeVisible()

  await page.getByRole('row', { name: 'kiok-prove: Good' }).press('Enter')
  await page.getByRole('button', { name: 'Verify…' }).first().click()
  await expect(cost).toContainText('Nothing has to be read.')
  await expect(cost).toContainText('11 objects are known from earlier runs')
  await dialog.getByRole('checkbox', { name: 'Read again what an earlier run has read' }).check()
  await expect(cost).toContainText(/Reads 11 objects, [\d.]+\skB/)
  await dialog.getByRole('checkbox', { name: 'Read again what an earlier run has read' }).uncheck()
  await expect(cost).toContainText('Nothing has to be read.')
  await dialog.getByRole('button', { name: 'Start' }).click()
  await expect(
    page.getByRole('heading', { name: /3 of 3 backups good 0 objects, 0 bytes read/ }),
  ).toBeVisible()
})
