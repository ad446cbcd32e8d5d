import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright/test'
import { expect, test } from './holdfast.ts'

async function hasFocus(page: Page, target: Locator): Promise<boolean> {
  return (await target.and(page.locator(':focus')).count()) === 1
}

/** Tabs to a control, as somebody without a mouse does; every stop on the way has to show that it has the focus. */
async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(target).toBeEnabled()
  for (let stop = 0; stop < 150; stop += 1) {
    if (await hasFocus(page, target)) return
    await page.keyboard.press(key)
    await expectFocusShown(page)
  }
  throw new Error(`No Tab of 150 came to ${target.toString()}.`)
}

async function expectFocusShown(page: Page): Promise<void> {
  const shown: unknown = await page.evaluate(`(() => {
    const at = document.activeElement
    if (at === null || at === document.body) return 'nothing has the focus'
    const around = [at, at.closest('label'), at.parentElement, at.nextElementSibling].filter(Boolean)
    const isShown = around.some((each) => {
      const style = getComputedStyle(each)
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'
    })
    return isShown ? 'shown' : at.outerHTML.slice(0, 200)
  })()`)
  // Between the last stop and the first one the browser itself has the focus.
  expect(['shown', 'nothing has the focus']).toContain(shown)
}

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
