import type { Locator, Page } from 'playwright/test'
import { expect } from '../holdfast.ts'

/** What has the focus, for the message of who looks for it in vain. */
const whereItIs = `(() => {
  const at = document.activeElement
  if (at === null || at === document.body) return 'nowhere'
  return (at.getAttribute('aria-label') ?? at.textContent ?? at.tagName).slice(0, 60)
})()`

/** Tabs to a control. Whoever needs more stops than these has been left somewhere far from what comes next. */
export async function tabTo(page: Page, target: Locator, { atMost = 40, back = false } = {}): Promise<void> {
  await expect(target).toBeEnabled()
  const focused = page.locator(':focus')
  const stops: string[] = []
  for (let stop = 0; stop <= atMost; stop += 1) {
    if ((await target.and(focused).count()) === 1) return
    stops.push(String(await page.evaluate(whereItIs)))
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab')
  }
  throw new Error(`No Tab of ${atMost} comes to ${target.toString()}. It stops at: ${stops.join(' → ')}`)
}

export async function press(
  page: Page,
  target: Locator,
  key: 'Enter' | 'Space' = 'Enter',
  reach = {},
): Promise<void> {
  await tabTo(page, target, reach)
  await page.keyboard.press(key)
}

/** Writes into a field instead of what stands there. */
export async function write(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field)
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(text)
}

/** Arrows to one of several ways; a group is one stop of the keyboard. */
export async function pick(page: Page, group: Locator, wanted: Locator): Promise<void> {
  await expect(wanted).toBeEnabled()
  if (await wanted.isChecked()) return
  const checked = group.getByRole('radio', { checked: true })
  await tabTo(
    page,
    (await checked.count()) > 0 ? checked.first() : group.getByRole('radio', { disabled: false }).first(),
    { atMost: 80 },
  )
  await page.keyboard.press('Space')
  for (let step = 0; step < 30 && !(await wanted.isChecked()); step += 1)
    await page.keyboard.press('ArrowDown')
  await expect(wanted).toBeChecked()
}

/** Arrows to one of a list that opens, such as the credentials that are kept: on from the one that it has, as often as it takes. */
export async function choose(page: Page, field: Locator, value: string): Promise<void> {
  await tabTo(page, field)
  for (let step = 0; step < 10 && (await field.inputValue()) !== value; step += 1) {
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
  }
  await expect(field).toHaveValue(value)
}

/** A command of the palette, by what is typed there. */
export async function command(page: Page, typed: string, wanted: string): Promise<void> {
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog')
  await expect(palette.getByRole('textbox')).toBeFocused()
  await page.keyboard.insertText(typed)
  await expect(palette.getByRole('button', { name: wanted }).first()).toBeVisible()
  const selected = palette.locator('[data-selected]')
  // What is found only after the last letter was typed is not selected by itself.
  if ((await selected.count()) === 0) await page.keyboard.press('ArrowDown')
  await expect(selected).toContainText(wanted)
  await page.keyboard.press('Enter')
}
