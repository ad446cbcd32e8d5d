import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { addCluster, atDesk, makeRepository } from './desk.ts'
import { expect, test } from './holdfast.ts'
import { expectFocusShown, tabTo } from './keys.ts'
import { goTo } from './walks.ts'

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

test('A backup is restored into a folder and taken back without a mouse', async ({ page, holdfast }) => {
  await holdfast.startDemonstration(page)
  await expect(page.getByText('Damaged object.').first()).toBeVisible()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog').getByRole('textbox')).toBeFocused()
  await page.keyboard.type('chango-core')
  await expect(page.getByRole('dialog').getByText('chango, good').first()).toBeVisible()
  await expect(page.getByRole('dialog').locator('[data-selected]')).toContainText('chango-core')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/clusters\/chango-core/)
  await tabTo(
    page,
    button(page, 'Restore…')
      .or(page.getByRole('link', { name: 'Restore…' }))
      .first(),
  )
  await page.keyboard.press('Enter')

  const target = join(holdfast.dir, 'by-keys')
  await tabTo(page, page.getByRole('textbox', { name: 'Path' }))
  await page.keyboard.type(target)
  await tabTo(page, button(page, 'Check'))
  await page.keyboard.press('Enter')
  await tabTo(page, button(page, 'Continue to plan'))
  await page.keyboard.press('Enter')
  await tabTo(page, button(page, 'Continue to confirm'))
  await page.keyboard.press('Enter')

  // The safe way out has the focus.
  await expect(button(page, 'Cancel')).toBeFocused()
  await tabTo(page, page.getByRole('textbox', { name: 'Reason' }), 'Shift+Tab')
  await page.keyboard.type('Drill without a mouse')
  await tabTo(page, page.getByRole('textbox', { name: /^Type / }))
  await page.keyboard.type('by-keys')
  await page.keyboard.press('Enter')
  await expect(button(page, 'Restore by-keys'), 'Enter in the field starts nothing').toBeVisible()
  await tabTo(page, button(page, 'Restore by-keys'))
  await page.keyboard.press('Space')
  await expect(page.getByText('Restored, and every byte read back.')).toBeVisible()
  expect(await readdir(target)).toEqual(expect.arrayContaining(['iam', 'kms', 'metadata', 'patches']))

  await tabTo(page, button(page, 'Roll back…'))
  await page.keyboard.press('Enter')
  await expect(button(page, 'Cancel')).toBeFocused()
  await tabTo(page, page.getByRole('textbox', { name: 'Reason' }), 'Shift+Tab')
  await page.keyboard.type('The drill is over')
  await tabTo(page, page.getByRole('textbox', { name: /^Type / }))
  await page.keyboard.type('by-keys')
  await tabTo(page, button(page, 'Roll back by-keys'))
  await page.keyboard.press('Space')
  await expect(page.getByText('What stood there before is back.').first()).toBeVisible()
  expect(await readdir(target)).not.toContain('kms')
})

test('Keys lead everywhere, and what closes gives the focus back', async ({ page, holdfast }) => {
  await holdfast.startDemonstration(page)
  await expect(page.getByText('Damaged object.').first()).toBeVisible()
  await page.keyboard.press('j')
  const row = page.locator('main [data-row]').first()
  await expect(row).toBeFocused()
  await expectFocusShown(page)

  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(row).toBeFocused()

  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog').getByRole('textbox')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(row).toBeFocused()

  await page.keyboard.press('Control+j')
  await expect(page.getByRole('dialog', { name: 'Job centre' })).toBeVisible()
  await expect(page.getByRole('dialog').locator(':focus')).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(row).toBeFocused()

  await page.keyboard.press('g')
  await page.keyboard.press('a')
  await expect(page).toHaveURL(/#\/activity\/jobs/)
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await expect(page).toHaveURL(/#\/settings/)
  await page.keyboard.press('g')
  await page.keyboard.press('p')
  await expect(page).toHaveURL(/#\/repositories/)
  await page.keyboard.press('g')
  await page.keyboard.press('f')
  await expect(page).toHaveURL(/#\/$/)
  await expect(row).toBeVisible()

  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/clusters\/kiok-prod/)
  await page.keyboard.press('m')
  await expect(page).toHaveURL(/#\/clusters\/kiok-prod\/chain/)
  await tabTo(page, page.getByRole('treegrid'))
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/object=/)
})

test('The job centre closes however soon Escape is pressed', async ({ page, holdfast }) => {
  await holdfast.startEmpty(page)
  const centre = page.getByRole('dialog', { name: 'Job centre' })
  // Both keys in one turn of the page: nothing can have taken the focus between them.
  await page.evaluate(`
    for (const init of [{ key: 'j', ctrlKey: true }, { key: 'Escape' }])
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { ...init, bubbles: true, cancelable: true }))`)
  await expect(centre).toBeHidden()
  await page.keyboard.press('Control+j')
  await expect(centre).toBeVisible()
  await expect(centre.locator(':focus')).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(centre).toBeHidden()
})

test('A letter typed into a field is a letter, not a command', async ({ page, holdfast }) => {
  await holdfast.startDemonstration(page)
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await expect(page).toHaveURL(/#\/clusters\/kiok-prod/)
  await tabTo(page, page.getByRole('link', { name: /^Backups/ }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('gridcell').first()).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type('gfmvr?')
  await expect(page).toHaveURL(/#\/clusters\/kiok-prod\/backups/)
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.locator(':focus')).toHaveValue('gfmvr?')
})

test('[ and ] go to the next newer and older backup, stop at both ends, and are letters where something is typed', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-steps', { nights: 3, plain: true })
  const { id } = await atDesk(holdfast, async (client) =>
    addCluster(client, { name: 'kiok-steps', address: lab.address }),
  )
  const [oldest = '', middle = '', newest = ''] = lab.backupIds
  await holdfast.start(page)
  await goTo(page, `/clusters/${id}/backups`)
  await page.getByRole('gridcell').first().click()
  const shows = async (backup: string): Promise<void> => {
    await expect(page).toHaveURL(new RegExp(`backup=.*${backup}`))
    await expect(page.getByRole('complementary', { name: 'Backup' })).toContainText(backup.slice(-8))
  }
  await shows(newest)
  for (const [key, backup] of [
    ['[', newest],
    [']', middle],
    [']', oldest],
    [']', oldest],
    ['[', middle],
    ['[', newest],
  ] as const) {
    await page.keyboard.press(key)
    await shows(backup)
  }
  await page.keyboard.press('/')
  await page.keyboard.type(']')
  await expect(page.locator(':focus')).toHaveValue(']')
  await shows(newest)
})
