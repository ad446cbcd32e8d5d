import type { Page } from 'playwright/test'
import { expect } from '../holdfast.ts'
import type { Errand } from './errand.ts'
import { choose, command, pick, press, write } from './keyboard.ts'
import { namelessIn } from './screen.ts'

/** From "something is broken" to the begun run. */
export async function begin(page: Page, errand: Errand): Promise<void> {
  const { cluster, runbook, questions } = errand
  await command(page, `recover ${cluster}`, `Recover ${cluster}…`)
  await expect(page.getByRole('heading', { name: `What happened to ${cluster}?` })).toBeVisible()
  for (const [question, answer] of Object.entries(questions ?? {})) {
    const group = page.getByRole('group', { name: question })
    await pick(page, group, group.getByRole('radio', { name: new RegExp(`^${answer}\\b`) }))
  }
  const isAsked = questions !== undefined
  const onward = isAsked ? 'Continue to the runbook' : /^(Continue to the runbook|Choose a runbook)$/
  await press(page, page.getByRole('button', { name: onward }), 'Enter', { atMost: 80 })
  const runbooks = page.getByRole('group', { name: 'Runbook', exact: true })
  // Its own id comes first; what follows may name another runbook.
  const wanted = runbooks.getByRole('radio', { name: new RegExp(`^((?! [A-Z]+-\\d).)* ${runbook}\\b`) })
  if (isAsked) await expect(wanted).toBeChecked()
  else await pick(page, runbooks, wanted)
  await press(page, page.getByRole('button', { name: 'Continue', exact: true }))
  await fill(page, errand)
  await press(page, page.getByRole('button', { name: 'Begin the runbook' }))
  await expect(page.getByRole('heading', { level: 1 })).toContainText(`Recover ${cluster}`)
}

async function fill(page: Page, { form = {}, known = {} }: Errand): Promise<void> {
  await expect(page.getByRole('button', { name: 'Begin the runbook' })).toBeVisible()
  const text = await page.getByRole('main').ariaSnapshot()
  expect(namelessIn(text), 'fields without a name').toEqual([])
  const fields = [...text.matchAll(/^\s*- (textbox|combobox) "(.*?)"/gm)]
  for (const [, role, label = ''] of fields) {
    const [, value] =
      [...Object.entries(form), ...Object.entries(known)].find(([name]) => label.startsWith(name)) ?? []
    if (value === undefined) continue
    if (role === 'textbox') await write(page, page.getByRole('textbox', { name: label, exact: true }), value)
    else await choose(page, page.getByRole('combobox', { name: label, exact: true }), value)
  }
  const unknown = Object.keys(form).filter(
    (name) => !fields.some(([, , label = '']) => label.startsWith(name)),
  )
  expect(unknown, 'what the form does not ask').toEqual([])
  const reason = page.getByRole('textbox', { name: 'Reason' })
  if ((await reason.count()) > 0) await write(page, reason, 'The lab.')
}
