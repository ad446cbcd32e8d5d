import { expect, test } from './holdfast.ts'
import { goTo } from './walks.ts'

test('A cluster of armada is proved table by table, without a key, and its damaged file is named', async ({
  page,
  holdfast,
}) => {
  await holdfast.startDemonstration(page)
  await goTo(page, '/clusters/armada-edge/overview')
  await expect(
    page.getByRole('heading', { level: 2, name: /^If it failed now, it could be restored to/ }),
  ).toBeVisible()
  await expect(page.getByText('Not needed')).toBeVisible()
  await expect(page.getByText('19 restorable, 1 not restorable, 0 not proved')).toBeVisible()

  await goTo(page, '/clusters/armada-edge/backups')
  await page.getByRole('gridcell').first().click()
  const pane = page.getByRole('complementary', { name: 'Backup' })
  for (const table of ['accounts', 'limits', 'sessions']) {
    await expect(pane.getByText(table, { exact: true }).first()).toBeVisible()
  }
  await expect(pane.getByText('accounts, limits and sessions: proved up to “Well formed”')).toBeVisible()
  await expect(pane.getByText('armada does not seal its backups')).toBeVisible()
  await page.getByRole('tab', { name: 'Contents' }).click()
  await expect(pane.getByText('they are counted and checked, not listed')).toBeVisible()
  await page.getByRole('tab', { name: 'Manifest' }).click()
  await expect(pane.getByText('armada-command-v2')).toBeVisible()

  await page.getByText('Not restorable 1').click()
  await page.getByRole('gridcell').first().click()
  await page.getByRole('tab', { name: 'Stores' }).click()
  await expect(pane.getByText(/The MD5 of the stored bytes of "sessions" is/)).toBeVisible()
  await expect(pane.getByText(/the checksum of a chunk is wrong/)).toBeVisible()

  await goTo(page, '/clusters/armada-edge/chain')
  await expect(page.getByText('1 object is damaged or gone.')).toBeVisible()
})
