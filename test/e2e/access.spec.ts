import { chmod, rename } from 'node:fs/promises'
import { createServer } from 'node:net'
import {
  addSealedCluster,
  addCluster,
  atDesk,
  chooseVault,
  makeRepository,
  unlockVault,
  verifyAll,
} from './desk.ts'
import { expect, test } from './holdfast.ts'

test('A key that does not fit is told as that, and not as damage', async ({ page, holdfast }) => {
  const lab = await makeRepository(holdfast, 'kiok-other', {
    masterKey: 'the key that this cluster really has',
  })
  await atDesk(holdfast, async (client) => {
    const { id } = await addSealedCluster(client, { name: 'kiok-other', address: lab.address })
    await verifyAll(client, id)
  })
  await holdfast.start(page)
  await unlockVault(page)
  const row = page.getByRole('row', { name: /^kiok-other:/ })
  await expect(row).toContainText(/another key/i)
  await expect(row).not.toContainText(/damaged/i)
  await expect(row).not.toContainText('Good')
  await row.press('Enter')
  await page.getByRole('link', { name: /^Backups/ }).click()
  await expect(page.getByRole('button', { name: 'Restore…' })).toBeDisabled()
  await expect(page.getByRole('main')).toContainText(/another (master )?key/i)
})

test('A repository that is gone keeps what was known of it, with the reason', async ({ page, holdfast }) => {
  const lab = await makeRepository(holdfast, 'kiok-gone', { plain: true })
  await atDesk(holdfast, async (client) => {
    const { id } = await addCluster(client, { name: 'kiok-gone', address: lab.address })
    await verifyAll(client, id)
  })
  await holdfast.start(page)
  const row = page.getByRole('row', { name: /^kiok-gone:/ })
  await expect(row).toContainText('all 3')
  await rename(lab.folder, `${lab.folder}-away`)
  await page.getByRole('button', { name: 'Look again' }).click()
  await expect(page.getByRole('row', { name: 'kiok-gone: Not readable' })).toContainText('There is no folder')
  await expect(row).toContainText('all 3')
  await expect(row.getByRole('link', { name: 'Look at the connection' })).toBeVisible()

  await rename(`${lab.folder}-away`, lab.folder)
  await page.getByRole('button', { name: 'Look again' }).click()
  await expect(row).not.toContainText('There is no folder')
  await expect(row).toContainText('all 3')
})

test('A folder that may not be listed is told as want of permission', async ({ page, holdfast }) => {
  test.skip(process.getuid?.() === 0, 'nothing is forbidden to root')
  const lab = await makeRepository(holdfast, 'kiok-barred', { plain: true, nights: 1 })
  await atDesk(holdfast, async (client) => addCluster(client, { name: 'kiok-barred', address: lab.address }))
  await chmod(lab.folder, 0o000)
  try {
    await holdfast.start(page)
    await page.getByRole('button', { name: 'Look again' }).click()
    await expect(page.getByRole('row', { name: 'kiok-barred: Not readable' })).toContainText(
      /permission|may not/i,
    )
  } finally {
    await chmod(lab.folder, 0o700)
  }
})

test('An S3 endpoint that refuses, and one that never answers, hold nothing up', async ({
  page,
  holdfast,
}) => {
  const lab = await makeRepository(holdfast, 'kiok-near', { plain: true, nights: 1 })
  // Takes connections and says nothing.
  const mute = createServer()
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const at = mute.address()
  if (at === null || typeof at === 'string') throw new Error('no port')
  const bucket = (port: number): string => `s3://bucket/?endpoint=http://127.0.0.1:${port}&style=path`
  await atDesk(holdfast, async (client) => {
    await chooseVault(client)
    const { id } = await client.vault.add({
      label: 'Reader',
      secret: { kind: 's3', accessKeyId: 'AKIASPECS', secretAccessKey: 'a secret of the specs' },
    })
    const access = { credential: { source: 'vault', id }, allowHttp: true } as const
    await addCluster(client, { name: 'kiok-near', address: lab.address })
    await addCluster(client, { name: 'kiok-refused', address: bucket(1), access })
    await addCluster(client, { name: 'kiok-mute', address: bucket(at.port), access })
  })
  try {
    await holdfast.start(page)
    await unlockVault(page)
    await expect(page.getByRole('row', { name: 'kiok-near: Not proved' })).toBeVisible()
    await expect(page.getByRole('row', { name: 'kiok-refused: Not readable' })).toContainText(
      /127\.0\.0\.1:1/,
    )
    await page.getByRole('row', { name: 'kiok-near: Not proved' }).press('Enter')
    await page.getByRole('link', { name: /^Backups/ }).click()
    await expect(page.getByRole('button', { name: 'Restore…' })).toBeEnabled()
    expect(await holdfast.stop()).toBe(0)
  } finally {
    mute.close()
  }
})
