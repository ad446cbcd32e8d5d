import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { makeRepository, masterKey, passphrase } from './desk.ts'
import { expect, test } from './holdfast.ts'

test('From an empty installation to a cluster with its key, and the form says in words what works', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-first')
  const empty = join(holdfast.dir, 'empty')
  await mkdir(empty)
  await holdfast.startEmpty(page)

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Holdfast knows no cluster yet.')
  await expect(page.getByText('No place for secrets chosen yet')).toBeVisible()
  await expect(page.getByText('Talks to nothing yet')).toBeVisible()
  await page.getByRole('main').getByRole('link', { name: 'Add cluster' }).click()

  const address = page.getByRole('textbox', { name: 'Address' })
  const test = page.getByRole('complementary', { name: 'Test of what is typed' })
  const add = test.getByRole('button', { name: /^Add / })
  await expect(test.getByRole('heading')).toHaveText('Tests itself as you type.')
  await address.fill('ftp://somewhere/')
  await expect(address).toHaveAccessibleDescription(/s3:|file:|sftp:/)
  await expect(add).toBeDisabled()

  await address.fill(`file://${join(holdfast.dir, 'nowhere')}`)
  await expect(test.getByRole('heading').first()).toHaveText('It does not work yet.')
  await expect(test).toContainText(
    /There is no folder \S+nowhere\.Check the address, and that the disk is mounted/,
  )
  await expect(add).toBeDisabled()

  await address.fill(`file://${empty}`)
  await expect(test).toContainText('No kiok backup lies there')
  await expect(test).toContainText('if backups should be there, the prefix or the system is another one')
  await expect(test.getByRole('heading').first()).toHaveText('It works, with a remark.')

  await address.fill(lab.address)
  await expect(test).toContainText('3 kiok backups')
  await page.getByRole('radio', { name: /^chango/ }).check({ force: true })
  await expect(test).toContainText('No chango backup lies there')
  await page.getByRole('radio', { name: /^kiok/ }).check({ force: true })
  await expect(test.getByRole('heading').first()).toHaveText('It works.')

  await page.getByRole('combobox', { name: 'Master key' }).click()
  await page.getByRole('option', { name: 'New…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toHaveAccessibleName('First: where secrets are kept')
  await expect(dialog.getByRole('radio', { name: 'The keychain of this computer' })).toBeDisabled()
  await dialog.getByRole('radio', { name: 'A sealed file with a passphrase' }).check()
  await expect(dialog.getByRole('button', { name: 'Keep secrets there' })).toBeDisabled()
  await dialog.getByText('My own', { exact: true }).click()
  await dialog.getByLabel('Passphrase', { exact: true }).last().fill(passphrase)
  await dialog.getByLabel('The same again').fill(`${passphrase}!`)
  await expect(dialog).toContainText('The two are not the same.')
  await dialog.getByLabel('The same again').fill(passphrase)
  await dialog.getByRole('button', { name: 'Keep secrets there' }).click()

  await expect(dialog).toHaveAccessibleName('New Master key')
  await dialog.getByLabel('Key', { exact: true }).fill(masterKey)
  await dialog.getByRole('button', { name: 'Keep it' }).click()
  await expect(dialog).toBeHidden()
  await expect(test).toContainText('The master key opens 3 of 3 backups')
  await expect(page.getByText(masterKey)).toHaveCount(0)

  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('kiok-first')
  await test.getByRole('button', { name: 'Add kiok-first' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('kiok-first')
  await page.getByRole('navigation').getByRole('link', { name: 'Fleet' }).first().click()
  await expect(page.getByRole('row', { name: 'kiok-first: Not proved' })).toBeVisible()
  await expect(page.getByText('Talks to 1 configured target and nothing else')).toBeVisible()
  await expect(page.getByText('Secrets in a sealed file, unlocked')).toBeVisible()
  expect(holdfast.said()).not.toContain(masterKey)
})
