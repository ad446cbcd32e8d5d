import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { addSealedCluster, atDesk, makeRepository, unlockVault } from './desk.ts'
import { expect, test } from './holdfast.ts'
import { goTo } from './walks.ts'

test('A drill says its cost, is measured part by part, and is then seen on the backup, among the drills and in the fleet', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-drill')
  await atDesk(holdfast, async (client) => {
    await addSealedCluster(client, { name: 'kiok-drill', address: lab.address })
  })
  await holdfast.start(page)
  await unlockVault(page)
  const row = page.getByRole('row', { name: /^kiok-drill: / })
  await expect(row).toContainText('Never drilled')

  await page.keyboard.press('g')
  await page.keyboard.press('d')
  await expect(page.getByText('No backup of it was ever restored for trial.')).toBeVisible()
  await expect(page.getByText(/^1\sasks for a drill$/)).toBeVisible()
  await page.getByRole('button', { name: 'Drill…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Drill kiok-drill' })
  const cost = dialog.getByRole('region', { name: 'What it costs' })
  await expect(cost).toContainText(/Reads ([\d.]+\skB) to prove it, then \1 to restore it\./)
  await expect(cost).toContainText('No drill has measured a restore of this size here.')
  await expect(cost).toContainText('It does not measure what comes after the bytes.')
  await expect(cost).toContainText('holdfast drill')
  await expect(dialog).toContainText('Neither the cluster nor its backups are touched.')
  const scratchFolder = dialog.getByLabel('Folder for the scratch folder')
  await scratchFolder.fill(lab.folder)
  await dialog.getByRole('button', { name: 'Start' }).click()
  await expect(dialog).toContainText('It lies in the repository')
  await scratchFolder.fill('')
  await dialog.getByRole('button', { name: 'Start' }).click()

  await expect(page).toHaveURL(/#\/activity\/jobs\//)
  await expect(page.getByRole('heading', { level: 2, name: /Drill kiok-drill\s*Done/ })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Not measured' })).toBeVisible()
  expect(readdirSync(join(holdfast.stateFolder, 'scratch'))).toEqual([])

  await page.getByRole('link', { name: 'Drills', exact: true }).click()
  await expect(page.getByText('None asks for a drill')).toBeVisible()
  await expect(page.getByText(/One drill measured [\d.]+\ss: a trend needs two\./)).toBeVisible()
  const drills = page.getByRole('table', { name: 'Drills, newest first' })
  await expect(drills.getByRole('row')).toHaveCount(2)
  await expect(drills).toContainText('Restored')
  await expect(drills).toContainText(/Read and open [\d.]+\ss, Unpack [\d.]+\ss/)
  await drills.getByRole('link').click()
  await expect(page.getByRole('complementary', { name: 'Backup' })).toContainText(
    'A drill restored it and read it back',
  )

  await page.getByRole('button', { name: 'Drill…' }).click()
  await expect(cost).toContainText('Measured in the drill of')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('link', { name: 'Fleet' }).first().click()
  await expect(row).not.toContainText('Never drilled')
  await expect(row).toContainText('Restored')
})

test('Drills are switched on for a cluster, each so many days in a folder that is checked, and switched off again', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-monthly')
  const { id } = await atDesk(holdfast, async (client) => {
    return addSealedCluster(client, { name: 'kiok-monthly', address: lab.address })
  })
  await holdfast.start(page)
  await unlockVault(page)
  await goTo(page, `/clusters/${id}/schedule`)
  const part = page.getByRole('region', { name: 'Drills on time' })
  await expect(part).toContainText('Holdfast drills no backup of this cluster by itself.')
  await part.getByRole('button', { name: 'Switch drills on…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Drills of kiok-monthly on time' })
  await dialog.getByLabel('Each so many days').fill('14')
  await dialog.getByLabel('Time of day').fill('04:30')
  await dialog.getByLabel('Folder for the scratch folder').fill(lab.folder)
  await dialog.getByRole('button', { name: 'Switch on' }).click()
  await expect(dialog).toContainText('It lies in the repository')
  await dialog.getByLabel('Folder for the scratch folder').fill('')
  await dialog.getByRole('button', { name: 'Switch on' }).click()
  await expect(part).toContainText(/14\sdays, at 04:30/)
  await expect(part).toContainText('the usual one')
  await expect(part).not.toContainText('Missed')
  await part.getByRole('button', { name: 'Switch drills off' }).click()
  await expect(part).toContainText('Holdfast drills no backup of this cluster by itself.')
})
