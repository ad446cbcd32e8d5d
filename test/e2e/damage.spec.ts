import { addSealedCluster, atDesk, makeRepository, spoil, unlockVault, verifyAll } from './desk.ts'
import { expect, test } from './holdfast.ts'

test('A damaged object is found from the fleet, with what dies with it and what still stands', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-harm', { nights: 4 })
  const newest = lab.backupIds.at(-1) ?? ''
  await spoil(lab, `${newest}/iam.enc`)
  await atDesk(holdfast, async (client) => {
    const { id } = await addSealedCluster(client, { name: 'kiok-harm', address: lab.address })
    await verifyAll(client, id)
  })
  await holdfast.start(page)
  await unlockVault(page)
  const row = page.getByRole('row', { name: /^kiok-harm:/ })
  await expect(row).toContainText('Damaged object.')
  await row.getByRole('link', { name: 'Show what hangs on it' }).click()

  const panel = page.getByRole('complementary', { name: 'Selected object' })
  await expect(panel.getByRole('heading').first()).toHaveText('1 of 4 backups dies with this object.')
  await expect(panel).toContainText(`${newest}/iam.enc`)
  await expect(panel).toContainText('iam, damaged')
  await expect(panel.getByRole('heading', { name: 'What still stands' })).toBeVisible()
  await expect(panel).toContainText(/3 backups, .* to .*\./)
  await expect(panel).toContainText(/Restoring the newest of them loses .* of changes\./)

  await panel
    .getByRole('button', { name: /^\d+ [A-Z][a-z]{2}$/ })
    .first()
    .click()
  await expect(page).toHaveURL(new RegExp(`/backups\\?backup=.*${newest}`))
  await expect(page.getByRole('button', { name: 'Restore…' })).toBeDisabled()
  await expect(page.getByRole('button', { name: 'Restore…' })).toHaveAccessibleDescription(
    /^Restore is off until iam is intact\./,
  )
  // Its pane leads on to the newest one that can be restored.
  await page.getByRole('button', { name: /, \d+ [hd] old$/ }).click()
  await expect(page).toHaveURL(new RegExp(`backup=.*${lab.backupIds.at(-2)}`))
  await expect(page.getByRole('button', { name: 'Restore…' })).toBeEnabled()
})
