import type { Page } from 'playwright/test'
import { addCluster, addSealedCluster, atDesk, makeRepository, unlockVault, verifyAll } from './desk.ts'
import { expect, test } from './holdfast.ts'
import { goTo } from './walks.ts'

async function run(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: 'Search or run a command' })
  await palette.getByRole('textbox').fill(words)
  await expect(palette.locator('[data-selected]')).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(palette).toBeHidden()
}

test('What reads backups is begun from the palette: of the chosen backup, of the shown cluster, of any', async ({
  page,
  holdfast,
}) => {
  const name = 'kiok-palette'
  const { address, backupIds } = await makeRepository(holdfast, name)
  const id = await atDesk(holdfast, async (client) => {
    const cluster = await addSealedCluster(client, { name, address })
    await verifyAll(client, cluster.id)
    return cluster.id
  })
  await holdfast.start(page)
  await unlockVault(page)
  await run(page, `verify ${name}`)
  const verify = page.getByRole('dialog', { name: `Verify ${name}` })
  await expect(verify.getByRole('radio', { name: /^All 3 backups/ })).toBeChecked()
  await page.keyboard.press('Escape')
  await expect(verify).toBeHidden()

  const [oldest = ''] = backupIds
  await goTo(page, `/clusters/${id}/backups?backup=${oldest}`)
  await run(page, 'verify this backup')
  await expect(verify.getByRole('radio', { name: 'This backup' })).toBeChecked()
  await page.keyboard.press('Escape')
  await run(page, 'restore this backup')
  await expect(page).toHaveURL(new RegExp(`/restore/.*${oldest}`))
  await goTo(page, `/clusters/${id}/backups?backup=${oldest}`)
  await run(page, 'copy this backup')
  const copy = page.getByRole('dialog', { name: 'Copy this backup' })
  await expect(copy).toContainText(oldest)
  await page.keyboard.press('Escape')
  await expect(copy).toBeHidden()

  await run(page, 'check the keys')
  const keys = page.getByRole('dialog', { name: `Check the keys of ${name}` })
  await expect(keys).toContainText('Reads the first 4 KiB of each distinct object.')
  await keys.getByRole('button', { name: 'Start' }).click()
  await expect(page).toHaveURL(/#\/activity\/jobs\//)
  await expect(page.getByRole('heading', { level: 2, name: /^Key check kiok-palette/ })).toBeVisible()
})

test('What is found in the audit chain opens there, and what is typed there stays in the address', async ({
  page,
  holdfast,
}) => {
  const name = 'kiok-found'
  const { address } = await makeRepository(holdfast, name, { plain: true, nights: 1 })
  await atDesk(holdfast, async (client) => addCluster(client, { name, address }))
  await holdfast.start(page)
  await run(page, 'cluster.added')
  await expect(page).toHaveURL(/#\/activity\/audit\?find=cluster\.added/)
  const entries = page.getByRole('table', { name: 'Audit entries' }).getByRole('row')
  await expect(entries).toHaveCount(2)

  const find = page.getByRole('textbox', { name: 'Find in the audit chain' })
  await find.fill('')
  await find.pressSequentially('repository.added')
  await expect(find).toHaveValue('repository.added')
  await expect(page).toHaveURL(/find=repository\.added/)
  await expect(entries.last()).toContainText('repository.added')
  await page.getByRole('link', { name: 'Settings' }).last().click()
  await page.goBack()
  await expect(find).toHaveValue('repository.added')
})

test('What a page asks in a dialog of its own is begun from any page by the palette', async ({
  page,
  holdfast,
}) => {
  const name = 'kiok-acts'
  const { address } = await makeRepository(holdfast, name)
  const id = await atDesk(holdfast, async (client) => (await addSealedCluster(client, { name, address })).id)
  await holdfast.start(page)
  await unlockVault(page)
  const dialog = (title: string | RegExp) => page.getByRole('dialog', { name: title })
  const asked: readonly (readonly [string, () => ReturnType<Page['getByRole']>])[] = [
    [`change ${name}`, () => page.getByRole('textbox', { name: 'Name' })],
    [`connect the masters of ${name}`, () => page.getByRole('button', { name: 'Cancel' })],
    [`remove ${name}`, () => page.getByRole('textbox', { name: `Type ${name}` })],
    [`test the repository of ${name}`, () => page.getByRole('button', { name: 'Test again' })],
    [`drill ${name} on time`, () => dialog(/drill/i)],
    [`change what is kept of ${name}`, () => dialog(/kept/i)],
    [`pin a backup of ${name}`, () => dialog(/^Pin/)],
    [`drill ${name}…`, () => dialog(`Drill ${name}`)],
    ['add an s3 credential', () => dialog(/S3/)],
    ['add a master key', () => dialog(/master key/i)],
    ['rename credential key of the specs', () => dialog('Rename')],
    ['keep anchors', () => dialog('Anchors of the audit chain')],
    [`change how repository`, () => dialog(/is reached$/)],
    ['posture of repository', () => page.getByRole('table', { name: 'How well it is protected' })],
    ['walk the audit chain', () => page.getByText(/^Whole, walked/)],
  ]
  for (const [words, begun] of asked) {
    await goTo(page, '/drills')
    await run(page, words)
    await expect(begun(), words).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
  }
  const saved = page.waitForEvent('download')
  await run(page, 'export the setup')
  expect((await saved).suggestedFilename()).toBe('holdfast-setup.json')
  const chosen = page.waitForEvent('filechooser')
  await run(page, 'import a setup')
  await chosen

  // What a page could not begin is not begun there another day.
  await run(page, 'preview what retention deletes')
  await expect(page.getByText('Nobody has said what is kept')).toBeVisible()
  await goTo(page, '/drills')
  await goTo(page, `/clusters/${id}/schedule`)
  await page.getByRole('button', { name: 'Change the rules' }).click()
  await dialog(/kept/).getByLabel('The newest').fill('2')
  await dialog(/kept/).getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByText('Nobody has said what is kept')).toBeHidden()
  await expect(page.getByRole('dialog')).toBeHidden()
  await run(page, 'preview what retention deletes')
  await expect(dialog(`What goes of ${name}`)).toBeVisible()
})
