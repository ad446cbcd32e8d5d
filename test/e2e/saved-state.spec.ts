import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addCluster, addMasterKey, atDesk, chooseVault, makeRepository, passphrase } from './desk.ts'
import { expect, test } from './holdfast.ts'

test('A second instance on the same state says that it only reads, and changes nothing', async ({
  page,
  context,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-two', { plain: true, nights: 1 })
  await atDesk(holdfast, async (client) => addCluster(client, { name: 'kiok-two', address: lab.address }))
  await holdfast.start(page)
  await expect(page.getByRole('row', { name: 'kiok-two: Not proved' })).toBeVisible()
  await expect(page.getByText('is only read here')).toHaveCount(0)

  const second = await context.newPage()
  await holdfast.startBeside(second)
  await expect(second.getByRole('row', { name: 'kiok-two: Not proved' })).toBeVisible()
  await expect(second.getByRole('status').filter({ hasText: 'is only read here' })).toContainText(
    /nothing can be changed\. It is held by process \d+/,
  )
  await second
    .getByRole('row', { name: /^kiok-two:/ })
    .getByRole('button', { name: 'Verify…' })
    .click()
  await second.getByRole('dialog').getByRole('button', { name: 'Start' }).click()
  await expect(second.getByRole('dialog').getByRole('alert')).toContainText(
    /Jobs cannot be run or changed here\. It is held by process \d+/,
  )
  // The first one is as free as before.
  await page
    .getByRole('row', { name: /^kiok-two:/ })
    .getByRole('button', { name: 'Verify…' })
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click()
  await expect(page.getByRole('heading', { level: 2, name: /Verify kiok-two\s*Done/ })).toBeVisible()
})

test('A file of the saved state that cannot be understood is told, and left as it is', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-here', { plain: true, nights: 1 })
  await atDesk(holdfast, async (client) => addCluster(client, { name: 'kiok-here', address: lab.address }))
  const file = join(holdfast.stateFolder, 'settings.json')
  const broken = '{ "schema": 1, "theme": '
  await writeFile(file, broken, { mode: 0o600 })
  await holdfast.start(page)
  await expect(page.getByRole('row', { name: /^kiok-here:/ })).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: 'settings.json' })).toContainText(
    /settings\.json cannot be understood\./,
  )
  await page.getByRole('link', { name: 'Settings' }).last().click()
  await page.getByText('Dark', { exact: true }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'settings.json' }).first()).toBeVisible()
  expect(await holdfast.stop()).toBe(0)
  expect(await readFile(file, 'utf8')).toBe(broken)
})

test('A locked vault is asked to be opened wherever a secret is needed', async ({ page, holdfast }) => {
  const lab = await makeRepository(holdfast, 'kiok-shut', { nights: 1 })
  await atDesk(holdfast, async (client) => {
    await chooseVault(client)
    await addCluster(client, {
      name: 'kiok-shut',
      address: lab.address,
      masterKeys: [await addMasterKey(client)],
    })
  })
  await holdfast.start(page)
  await expect(page.getByText('Secrets in a sealed file, locked')).toBeVisible()
  const row = page.getByRole('row', { name: 'kiok-shut: Vault locked' })
  await row.press('Enter')
  await page.getByRole('link', { name: /^Backups/ }).click()
  // What the page asks for needs the key: the vault asks by itself.
  const dialog = page.getByRole('dialog', { name: 'The vault is locked' })
  await dialog.getByLabel('Passphrase').fill('not the passphrase')
  await dialog.getByRole('button', { name: 'Unlock' }).click()
  await expect(dialog.getByRole('alert')).toContainText(/passphrase/)
  await dialog.getByLabel('Passphrase').fill(passphrase)
  await dialog.getByRole('button', { name: 'Unlock' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText('Secrets in a sealed file, unlocked')).toBeVisible()
  await page.getByRole('button', { name: 'Verify…', exact: true }).last().click()
  await page.getByRole('dialog', { name: 'Verify kiok-shut' }).getByRole('button', { name: 'Start' }).click()
  await expect(page.getByRole('heading', { level: 2, name: /Verify kiok-shut\s*Done/ })).toBeVisible()
})
