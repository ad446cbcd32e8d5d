import { readFile } from 'node:fs/promises'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from './holdfast.ts'
import { goTo } from './walks.ts'

test('The setup is taken along from the settings, and comes back as it is shown, weaker only with a reason', async ({
  page,
  holdfast,
}) => {
  await holdfast.startEmpty(page)
  await goTo(page, '/settings')
  const main = page.getByRole('main')
  const downloaded = page.waitForEvent('download')
  await main.getByRole('button', { name: 'Export the setup' }).click()
  const download = await downloaded
  expect(download.suggestedFilename()).toBe('holdfast-setup.json')
  const document = JSON.parse(await readFile(await download.path(), 'utf8'))
  expect(document).toMatchObject({ format: 'holdfast-setup/1', clusters: [] })

  const choose = async (content: unknown): Promise<void> => {
    const asked = page.waitForEvent('filechooser')
    await main.getByRole('button', { name: 'Import a setup…' }).focus()
    await page.keyboard.press('Enter')
    const buffer = Buffer.from(JSON.stringify(content))
    await (await asked).setFiles({ name: 'setup.json', mimeType: 'application/json', buffer })
  }
  const dialog = page.getByRole('dialog', { name: 'Import a setup' })
  await choose({ ...document, format: 'holdfast-setup/2' })
  await expect(dialog).toContainText('newer version')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  await choose({ ...document, more: ' '.repeat(10 * 1024 * 1024) })
  await expect(dialog).toContainText('larger than this window takes')
  await expect(dialog).toContainText('holdfast settings import setup.json')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  document.settings.reverifyAfterDays = 300
  await choose(document)
  const row = dialog.getByRole('row', { name: /reverifyAfterDays/ })
  await expect(row).toContainText('30')
  await expect(row).toContainText('300')
  await expect(row).toContainText('Weaker: Older proof counts as proof.')
  const { violations } = await new AxeBuilder({ page }).include('[role="dialog"]').analyze()
  expect(violations).toEqual([])
  const apply = dialog.getByRole('button', { name: 'Import exactly this' })
  await expect(apply).toBeDisabled()
  await dialog.getByLabel('Reason').fill('A lab.')
  await expect(dialog).toContainText("--reason 'A lab.' setup.json")
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(main.getByLabel('Proof is old after')).toHaveValue('300 d')
})
