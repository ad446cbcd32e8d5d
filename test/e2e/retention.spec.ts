import { readdir, rm } from 'node:fs/promises'
import type { Page } from 'playwright/test'
import type { Cluster } from '../../src/shared/contract/clusters.ts'
import { addCluster, atDesk, makeRepository, verifyAll, type LabRepository } from './desk.ts'
import { expect, test, type Holdfast } from './holdfast.ts'
import { goTo } from './walks.ts'

/** Five nights that nothing seals, all of them proved; the oldest holds what the others need. */
async function provedCluster(
  holdfast: Holdfast,
  name: string,
  mode: Cluster['mode'] = 'normal',
): Promise<{ readonly id: string; readonly name: string; readonly repository: LabRepository }> {
  const repository = await makeRepository(holdfast, name, { nights: 5, plain: true })
  const id = await atDesk(holdfast, async (client) => {
    const cluster = await addCluster(client, { name, address: repository.address, mode })
    await verifyAll(client, cluster.id)
    return cluster.id
  })
  return { id, name, repository }
}

async function folders({ folder }: LabRepository): Promise<readonly string[]> {
  const names = await readdir(folder)
  const filled = await Promise.all(
    names.map(async (name) => ((await readdir(`${folder}/${name}`)).length > 0 ? [name] : [])),
  )
  return filled.flat().toSorted()
}

const kept = (page: Page) => page.getByRole('region', { name: 'What is kept' })
const pinned = (page: Page) => page.getByRole('region', { name: 'Pinned backups' })

async function keepNewest(page: Page, name: string, count: string): Promise<void> {
  await kept(page).getByRole('button', { name: 'Change the rules' }).click()
  const dialog = page.getByRole('dialog', { name: `What is kept of ${name}` })
  await dialog.getByRole('textbox', { name: 'The newest' }).fill(count)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
}

test('Rules are saved, previewed with a reason for each backup, and run by the typed name alone', async ({
  page,
  holdfast,
}) => {
  const { id, name, repository } = await provedCluster(holdfast, 'kiok-old')
  const before = await folders(repository)
  const [oldest = '', second = '', third = '', fourth = '', newest = ''] = repository.backupIds
  await holdfast.start(page)
  await goTo(page, `/clusters/${id}/schedule`)
  await expect(kept(page)).toContainText('Nobody has said what is kept, so nothing is deleted.')
  await expect(kept(page).getByRole('button', { name: 'Preview what goes…' })).toBeDisabled()

  await kept(page).getByRole('button', { name: 'Change the rules' }).click()
  const rules = page.getByRole('dialog', { name: 'What is kept of kiok-old' })
  await rules.getByRole('textbox', { name: 'The newest' }).fill('0')
  await expect(rules.getByText('A whole number of at least 1')).toBeVisible()
  await expect(rules.getByRole('button', { name: 'Save' })).toBeDisabled()
  await page.keyboard.press('Escape')
  await keepNewest(page, name, '2')
  await expect(kept(page)).toContainText('Kept: the newest 2.')

  await pinned(page).getByRole('button', { name: 'Pin a backup…' }).click()
  const pin = page.getByRole('dialog', { name: 'Pin a backup of kiok-old' })
  await pin.getByRole('combobox', { name: 'Backup' }).click()
  await page.getByRole('option', { name: third }).click()
  await expect(pin.getByRole('button', { name: 'Pin' })).toBeDisabled()
  await pin.getByRole('textbox', { name: 'Why it is kept' }).fill('Legal case 12')
  await pin.getByRole('button', { name: 'Pin' }).click()
  await expect(pin).toBeHidden()
  await expect(pinned(page)).toContainText('Legal case 12')

  await kept(page).getByRole('button', { name: 'Preview what goes…' }).click()
  const preview = page.getByRole('dialog', { name: 'What goes of kiok-old' })
  await expect(preview.getByRole('status').first()).toContainText(/1 of 5.backups would go/)
  const table = preview.getByRole('table', { name: 'What goes and what stays' })
  const rowOf = (backup: string) =>
    table.getByRole('row').filter({ has: page.getByRole('cell', { name: backup, exact: true }) })
  await expect(rowOf(second)).toContainText('Goes')
  await expect(rowOf(second)).toContainText('It is not one of the newest 2.')
  await expect(rowOf(third)).toContainText('Pinned: Legal case 12.')
  await expect(rowOf(oldest)).toContainText('an object that lies here')
  await expect(rowOf(newest)).toContainText('is never deleted')
  await expect(preview.getByText('Objects that backups which are kept need stay')).toBeVisible()
  // Cancel has the focus: Enter deletes nothing.
  await expect(preview.getByRole('button', { name: 'Cancel' })).toBeFocused()
  const go = preview.getByRole('button', { name: /^Delete .* of kiok-old$/ })
  await expect(go).toBeDisabled()
  const typed = preview.getByRole('textbox', { name: 'Type kiok-old to confirm' })
  await typed.fill('kiok')
  await expect(go).toBeDisabled()
  await typed.fill(name)
  await typed.press('Enter')
  expect(await folders(repository)).toEqual(before)
  await go.click()
  await expect(page.getByRole('heading', { name: 'Deleted', exact: true })).toBeVisible()
  await expect(page.getByText('Every backup that is left has all that it needs.').first()).toBeVisible()
  expect(await folders(repository)).toEqual([oldest, third, fourth, newest].toSorted())

  await goTo(page, `/clusters/${id}/schedule`)
  await pinned(page)
    .getByRole('button', { name: /^Unpin / })
    .click()
  await expect(pinned(page)).toContainText('No backup is kept whatever the rules say.')
})

test('What changed since the preview is not deleted: the preview is looked at again', async ({
  page,
  holdfast,
}) => {
  const { id, name, repository } = await provedCluster(holdfast, 'kiok-moved', 'protected')
  await holdfast.start(page)
  await goTo(page, `/clusters/${id}/schedule`)
  await kept(page).getByRole('button', { name: 'Change the rules' }).click()
  const rules = page.getByRole('dialog', { name: 'What is kept of kiok-moved' })
  await rules.getByRole('textbox', { name: 'The newest' }).fill('2')
  await expect(rules.getByRole('button', { name: 'Save' })).toBeDisabled()
  await rules.getByRole('textbox', { name: 'Reason' }).fill('Agreed')
  await rules.getByRole('button', { name: 'Save' }).click()
  await expect(rules).toBeHidden()
  await kept(page).getByRole('button', { name: 'Preview what goes…' }).click()
  const preview = page.getByRole('dialog', { name: 'What goes of kiok-moved' })
  await preview.getByRole('textbox', { name: /^Type / }).fill(name)
  await expect(preview.getByText('A reason is missing: the cluster is protected.')).toBeVisible()
  await preview.getByRole('textbox', { name: 'Reason' }).fill('Room')
  await rm(`${repository.folder}/${repository.backupIds[1] ?? ''}`, { recursive: true })
  const before = await folders(repository)
  await preview.getByRole('button', { name: /^Delete / }).click()
  await expect(preview.getByRole('alert')).toContainText('plan.changed')
  expect(await folders(repository)).toEqual(before)
  await preview.getByRole('button', { name: 'Look again' }).click()
  await expect(preview.getByRole('status').first()).toContainText(/1 of 4.backups would go/)
})

test('Of a read-only cluster the preview is shown, and nothing can be deleted', async ({
  page,
  holdfast,
}) => {
  const { id } = await provedCluster(holdfast, 'kiok-still', 'readOnly')
  await holdfast.start(page)
  await goTo(page, `/clusters/${id}/schedule`)
  await keepNewest(page, 'kiok-still', '1')
  await kept(page).getByRole('button', { name: 'Preview what goes…' }).click()
  const preview = page.getByRole('dialog', { name: 'What goes of kiok-still' })
  await expect(preview.getByRole('table')).toBeVisible()
  await expect(preview.getByText('Nothing is deleted from here')).toBeVisible()
  await expect(preview.getByRole('button', { name: /^Delete / })).toBeHidden()
})
