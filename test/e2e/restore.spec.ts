import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import {
  addSealedCluster,
  atDesk,
  makeRepository,
  passphrase,
  smallSizes,
  spoil,
  unlockVault,
  verifyAll,
} from './desk.ts'
import { expect, test } from './holdfast.ts'

test('A restore of a protected cluster asks for its name and a reason, puts the files in place, and is taken back', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-vital')
  const [, middle = '', newest = ''] = lab.backupIds
  await spoil(lab, `${newest}/joblog.enc`)
  await atDesk(holdfast, async (client) => {
    const given = { name: 'kiok-vital', address: lab.address, mode: 'protected' as const }
    const { id } = await addSealedCluster(client, given)
    await verifyAll(client, id)
  })
  const target = join(holdfast.dir, 'here')
  await mkdir(target)
  await writeFile(join(target, 'iam'), 'what stood here before')
  await writeFile(join(target, 'notes.txt'), 'not of the system')
  await holdfast.start(page)
  await unlockVault(page)
  await page.getByRole('row', { name: /^kiok-vital:/ }).press('Enter')
  await page.getByRole('link', { name: 'Restore…' }).click()

  // Choose: what is damaged cannot be, and says why.
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Restore kiok-vital to a folder')
  await expect(page.getByText('Nothing has been changed yet.')).toBeVisible()
  // The jobs are in reach here too, and closing them does not leave.
  await page.keyboard.press('Control+j')
  await expect(page.getByRole('dialog', { name: 'Job centre' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Job centre' })).toBeHidden()
  const bad = page.getByRole('radio', { name: newest })
  await expect(bad).toBeDisabled()
  await expect(page.locator('label', { has: bad })).toContainText(/joblog/)
  await expect(page.getByRole('radio', { name: middle })).toBeChecked()
  const check = page.getByRole('button', { name: 'Check', exact: true })
  await expect(check).toBeDisabled()
  await page.getByRole('textbox', { name: 'Path' }).fill('here')
  await expect(page.getByText('Write a path from the root')).toBeVisible()
  await expect(check).toBeDisabled()
  await page.getByRole('textbox', { name: 'Path' }).fill(lab.folder)
  await check.click()
  await expect(page.getByText('This cannot be restored there as it is.', { exact: true })).toBeVisible()
  await expect(page.getByRole('alert')).toContainText(/repository/)
  await expect(page.getByRole('button', { name: 'Continue to plan' })).toBeDisabled()
  await page.getByRole('button', { name: 'Back' }).click()
  await page.getByRole('textbox', { name: 'Path' }).fill(target)
  await check.click()

  await expect(page.getByText('Everything that a plan needs is there.', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Continue to plan' }).click()
  await expect(page.getByRole('row', { name: /^iam a file .*replaced, old kept aside/ })).toBeVisible()
  await expect(page.getByRole('row', { name: /^metadata nothing .*new/ })).toBeVisible()
  await expect(page.getByRole('row', { name: /^notes\.txt .*left as it is/ })).toBeVisible()
  expect(await readdir(target)).toEqual(['iam', 'notes.txt'])
  await page.getByRole('button', { name: 'Continue to confirm' }).click()

  // Confirm: no accident starts it.
  const run = page.getByRole('button', { name: 'Restore kiok-vital' })
  await expect(page.getByRole('button', { name: 'Cancel', exact: true })).toBeFocused()
  await expect(run).toBeDisabled()
  const typed = page.getByRole('textbox', { name: 'Type kiok-vital to confirm' })
  await typed.fill('kiok-vita')
  await expect(page.getByText('Go on.', { exact: true })).toBeVisible()
  await typed.fill('kiok-vital')
  await expect(page.getByText('Matches', { exact: true })).toBeVisible()
  await expect(run).toBeDisabled()
  await expect(page.getByText('A reason is missing: the cluster is protected.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Reason' }).fill('The disk died, ticket 4711')
  await expect(run).toBeEnabled()
  await typed.press('Enter')
  await run.press('Enter')
  await expect(run).toBeEnabled()
  expect(await readdir(target)).toEqual(['iam', 'notes.txt'])
  await run.click()

  await expect(page.getByText('Restored, and every byte read back.', { exact: true })).toBeVisible()
  await expect(page.getByRole('row', { name: /^iam .*\.before-restore-/ })).toBeVisible()
  const restored = await readdir(target)
  expect(restored).toEqual(expect.arrayContaining([...Object.keys(smallSizes), 'notes.txt']))
  for (const [store, size] of Object.entries(smallSizes)) {
    expect((await readFile(join(target, store))).byteLength, store).toBe(size)
  }

  await page.getByRole('button', { name: 'Roll back…' }).click()
  const back = page.getByRole('region', { name: 'Roll back' })
  await expect(back.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await back.getByRole('textbox', { name: 'Type here to confirm' }).fill('here')
  await expect(back.getByRole('button', { name: 'Roll back here' })).toBeDisabled()
  await back.getByRole('textbox', { name: 'Reason' }).fill('It was the wrong day')
  await back.getByRole('button', { name: 'Roll back here' }).click()
  await expect(page.getByText('What stood there before is back.', { exact: true })).toBeVisible()
  expect(await readFile(join(target, 'iam'), 'utf8')).toBe('what stood here before')
  expect(await readFile(join(target, 'notes.txt'), 'utf8')).toBe('not of the system')
  expect(await readdir(target)).not.toContain('metadata')
})

test('A restore whose program was killed leaves the target as it was, and resuming finishes it', async ({
  page,
  holdfast,
}) => {
  const sizes = { metadata: 500_000, kms: 500_000, iam: 500_000, connections: 500_000, joblog: 500_000 }
  const lab = await makeRepository(holdfast, 'kiok-torn', { nights: 1, storeSizes: sizes })
  await atDesk(holdfast, async (client) => {
    const { id, repositoryId } = await addSealedCluster(client, {
      name: 'kiok-torn',
      address: lab.address,
    })
    await verifyAll(client, id)
    const [repository] = await client.repositories.list()
    if (repository === undefined) throw new Error('no repository')
    const { name, address, access } = repository
    await client.repositories.edit({
      id: repositoryId,
      name,
      address,
      access: { ...access, maxBytesPerSecond: 400_000 },
    })
  })
  const target = join(holdfast.dir, 'there')
  await mkdir(target)
  await writeFile(join(target, 'metadata'), 'what stood here before')
  await holdfast.start(page)
  await unlockVault(page)
  await page.getByRole('row', { name: 'kiok-torn: Good' }).press('Enter')
  await page.getByRole('link', { name: 'Restore…' }).click()
  await page.getByRole('textbox', { name: 'Path' }).fill(target)
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await page.getByRole('button', { name: 'Continue to plan' }).click()
  await page.getByRole('button', { name: 'Continue to confirm' }).click()
  await page.getByRole('textbox', { name: 'Type kiok-torn to confirm' }).fill('kiok-torn')
  await page.getByRole('button', { name: 'Restore kiok-torn' }).click()
  await expect(page.getByText('Restoring.', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Open the job' }).click()
  await hasWritten(page)
  await holdfast.kill()
  await expect(page.getByRole('alert').filter({ hasText: 'Holdfast does not answer since' })).toBeVisible()
  expect(await readFile(join(target, 'metadata'), 'utf8')).toBe('what stood here before')
  expect(await readdir(target)).not.toContain('joblog')

  await holdfast.start(page)
  await page.getByRole('link', { name: 'Activity' }).click()
  await page.getByRole('region', { name: 'Needs an answer' }).getByRole('link').click()
  await expect(
    page.getByText(
      /the target stands between old and new, with nothing lost; resuming first brings it to one/,
    ),
  ).toBeVisible()
  await page.getByRole('button', { name: 'Resume' }).click()
  // The key is needed again, and the vault is closed after a start.
  const dialog = page.getByRole('dialog', { name: 'The vault is locked' })
  await dialog.getByLabel('Passphrase').fill(passphrase)
  await dialog.getByRole('button', { name: 'Unlock' }).click()
  await expect(dialog).toBeHidden()
  expect(await readFile(join(target, 'metadata'), 'utf8')).toBe('what stood here before')
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByRole('heading', { level: 2, name: /Restore kiok-torn\s*Done/ })).toBeVisible()
  for (const [store, size] of Object.entries(sizes)) {
    expect((await readFile(join(target, store))).byteLength, store).toBe(size)
  }
  const kept = (await readdir(target)).filter((name) => name.includes('.before-restore-'))
  expect(kept).toHaveLength(1)
  expect(await readFile(join(target, kept[0] ?? ''), 'utf8')).toBe('what stood here before')
})

/** Waits until the shown job is in the middle of what it writes beside the target. */
async function hasWritten(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 2, name: /Write beside the target/ })).toBeVisible()
  await expect(page.getByText(/^\d\.\d+\sMB\sof\s/).first()).toBeVisible()
}
