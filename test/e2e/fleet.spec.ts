import { expect, test } from './holdfast.ts'

test('The fleet says first what is at risk, worst first, and leads to it', async ({ page, holdfast }) => {
  await holdfast.startDemonstration(page)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('kiok-prod can only be restored to')
  await expect(page.getByText('Damaged object.').first()).toBeVisible()
  await page.getByText('Show what hangs on it').first().click()
  await expect(page).toHaveURL(/#\/clusters\/kiok-prod\/chain/)
  expect(await holdfast.stop()).toBe(0)
})
