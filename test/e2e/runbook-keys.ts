import type { Locator, Page } from 'playwright/test'
import { expect } from './holdfast.ts'
import { tabTo } from './keys.ts'

/** How a spec answers the steps that ask something, by the title of the step; what is not named is answered in the usual way. */
export interface StepAnswers {
  /** Done before the step is said to be done by hand; gives what is written down. */
  readonly byHand?: Readonly<Record<string, () => string>>
}

const current = (page: Page): Locator => page.locator('li[aria-current="step"]')

/** Answers the questions of the way to a runbook by the keyboard, by the beginning of each question. */
export async function answerQuestions(page: Page, answers: Readonly<Record<string, string>>): Promise<void> {
  for (const [question, label] of Object.entries(answers)) {
    const group = page.getByRole('group', { name: question })
    const wanted = group.getByRole('radio', { name: label })
    await expect(wanted).toBeVisible()
    await tabTo(page, group.locator('input:checked').or(group.getByRole('radio').first()).first())
    await page.keyboard.press('Space')
    for (let step = 0; step < 8 && !(await wanted.isChecked()); step += 1)
      await page.keyboard.press('ArrowDown')
    await expect(wanted).toBeChecked()
  }
}

async function titleOf(page: Page): Promise<string> {
  const heading = current(page).getByRole('heading').first()
  const [title = ''] = (await heading.innerText({ timeout: 1_000 })).split('\n')
  return title.replace(/^\d+\.\s*/, '')
}

/** The step that waits for somebody, once nothing goes on by itself. */
async function waiting(page: Page): Promise<{ readonly title: string; readonly offer: string } | null> {
  const offers =
    /^(Do this step|Do this step again|Choose this|Confirm…|Done by hand|Look again|Wait again|Try again|Look what came of it)$/
  let found: { title: string; offer: string } | null = null
  await expect(async () => {
    const isBehind = (await page.getByText('every step is behind').count()) > 0
    if (isBehind) return void (found = null)
    const title = await titleOf(page)
    const offer = await current(page)
      .getByRole('button', { name: offers })
      .first()
      .innerText({ timeout: 1_000 })
    // The next step may have come between the two.
    expect(await titleOf(page)).toBe(title)
    found = { title, offer }
  }).toPass({ intervals: [100] })
  return found
}

/** Goes on with one step by keyboard alone. */
export async function goOn(page: Page, answers: StepAnswers = {}): Promise<string> {
  const at = await waiting(page)
  if (at === null) return ''
  const { title, offer } = at
  const act = current(page).getByRole('button', { name: offer, exact: true })
  switch (offer) {
    case 'Done by hand': {
      const note = answers.byHand?.[title]?.() ?? 'Seen by the specs.'
      await tabTo(page, current(page).getByRole('textbox'))
      await page.keyboard.type(note)
      await tabTo(page, act)
      await page.keyboard.press('Enter')
      break
    }
    case 'Confirm…': {
      await tabTo(page, act)
      await page.keyboard.press('Enter')
      await confirmByKeys(page)
      break
    }
    default:
      await tabTo(page, act)
      await page.keyboard.press('Enter')
  }
  await expect(async () => {
    const heading = current(page).getByRole('heading').first()
    const isSame = (await heading.count()) > 0 && (await heading.innerText()).includes(title)
    const isWaiting = isSame && (await act.count()) > 0 && (await act.isVisible())
    expect(
      isWaiting,
      `“${title}” waits after “${offer}”: ${isSame ? await current(page).innerText() : ''}`,
    ).toBe(false)
  }).toPass({ intervals: [50, 100] })
  return title
}

/** Cancel has the focus, Enter does not confirm, the space bar does. */
async function confirmByKeys(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  const typed = dialog.getByRole('textbox', { name: /^Type / })
  const name = /Type (\S+) to confirm/.exec((await typed.getAttribute('aria-label')) ?? '')?.[1] ?? ''
  await tabTo(page, typed)
  await page.keyboard.type(name)
  await page.keyboard.press('Enter')
  const red = dialog.getByRole('button', { name: `Confirm for ${name}` })
  await tabTo(page, red)
  await page.keyboard.press('Enter')
  await expect(red).toBeEnabled()
  await page.keyboard.press('Space')
  await expect(dialog).toBeHidden()
}

/** Goes on until the acceptance sheet can be signed. */
export async function goToTheSheet(page: Page, answers: StepAnswers): Promise<readonly string[]> {
  const titles: string[] = []
  const sign = page.getByRole('button', { name: 'Sign the sheet…' }).first()
  for (let step = 0; step < 80; step += 1) {
    if (await sign.isVisible()) return titles
    titles.push(await goOn(page, answers))
    await expect(sign.or(current(page)).first()).toBeVisible()
  }
  throw new Error(`No sheet after ${titles.join(', ')}.`)
}
