import type { Page } from 'playwright/test'
import { expect } from '../holdfast.ts'
import type { StepAnswer } from './errand.ts'
import { pick, press, tabTo, write } from './keyboard.ts'
import type { StepAtHand } from './screen.ts'

/** How far the next press may be from where the last one has left the keyboard. */
const near = { atMost: 12 }

/** Does what the step at hand asks, by keys alone. */
export async function answerStep(
  page: Page,
  { title, offer, standing, text }: StepAtHand,
  answer: StepAnswer,
): Promise<void> {
  const step = page.getByRole('group', { name: `: ${title}` })
  const button = step.getByRole('button', { name: offer ?? '', exact: true })
  if (answer.except !== undefined) return passOver(page, title, answer.except)
  switch (offer) {
    case 'Done by hand':
      await tabTo(page, step.getByRole('textbox'), near)
      await page.keyboard.press('Control+a')
      await page.keyboard.insertText(answer.note ?? 'Seen by the specs.')
      return press(page, button, 'Enter', near)
    case 'Choose this': {
      const group = step.getByRole('group')
      if (answer.choose !== undefined)
        await pick(page, group, group.getByRole('radio', { name: answer.choose }))
      else
        await expect(
          group.getByRole('radio', { checked: true }),
          `“${title}” advises something:\n${text}`,
        ).toHaveCount(1)
      return press(page, button, 'Enter', near)
    }
    case 'Confirm…':
      await press(page, button, 'Enter', near)
      return confirm(page)
    case 'Do this step':
    case 'Do this step again':
    case 'Look what came of it':
      return press(page, button, 'Enter', near)
    case null:
      break
    case 'Look':
    case 'Look again':
    case 'Wait for it':
    case 'Wait again':
    case 'Try again':
      if (answer.again !== undefined || answer.first !== undefined) return press(page, button, 'Enter', near)
  }
  throw new Error(`“${title}” goes no further. It offers ${offer ?? 'nothing'}. ${standing}\n${text}`)
}

/** Cancel has the focus, Enter does not confirm, the space bar does. */
async function confirm(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  const typed = dialog.getByRole('textbox', { name: /^Type / })
  const name = /^Type (.+) to confirm$/.exec((await typed.getAttribute('aria-label')) ?? '')?.[1] ?? ''
  await write(page, typed, name)
  await page.keyboard.press('Enter')
  const red = dialog.getByRole('button', { name: `Confirm for ${name}` })
  await press(page, red, 'Enter')
  await expect(red, 'Enter confirms nothing').toBeEnabled()
  await page.keyboard.press('Space')
  await expect(dialog).toBeHidden()
}

async function passOver(page: Page, title: string, reason: string): Promise<void> {
  const step = page.getByRole('group', { name: `: ${title}` })
  await press(page, step.getByRole('button', { name: /^(Except this row|Skip)…$/ }), 'Enter', near)
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('textbox', { name: 'Reason' })).toBeFocused()
  await page.keyboard.insertText(reason)
  await press(page, dialog.getByRole('button', { name: /^(Except this row|Skip this step)$/ }))
  await expect(dialog).toBeHidden()
}

/** The sheet is read, and signed by the cluster's name. */
export async function signSheet(page: Page, cluster: string): Promise<void> {
  await press(page, page.getByRole('button', { name: 'Sign the sheet…' }).first(), 'Enter', { atMost: 90 })
  const sheet = page.getByRole('dialog', { name: 'Acceptance sheet' })
  await expect(sheet.getByRole('table', { name: 'Acceptance rows' })).toBeVisible()
  await expect(sheet.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await write(page, sheet.getByRole('textbox', { name: 'Note' }), 'Seen by the specs')
  await write(page, sheet.getByRole('textbox', { name: `Type ${cluster} to confirm` }), cluster)
  const last = sheet.getByRole('button', { name: 'Sign: open to users' })
  await press(page, last, 'Enter')
  await expect(last, 'Enter signs nothing').toBeEnabled()
  await page.keyboard.press('Space')
  await expect(sheet).toBeHidden()
  await expect(page.getByText('Open to users.', { exact: true })).toBeVisible()
}

export async function closeRun(page: Page): Promise<void> {
  await press(page, page.getByRole('button', { name: 'Close the run…' }), 'Enter', near)
  const dialog = page.getByRole('dialog', { name: 'Close the run' })
  await expect(dialog.getByRole('radio', { name: /^Finished/ })).toBeChecked()
  await press(page, dialog.getByRole('button', { name: 'Finish it' }))
  await expect(dialog).toBeHidden()
  await expect(page.getByText('Finished', { exact: true })).toBeVisible()
}
