import { chmod, rename } from 'node:fs/promises'
import { createServer } from 'node:net'
import { answeringServer } from '../fakes/answering-server.ts'
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
import { goTo } from './walks.ts'

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

/** A page of a listing, as a bucket gives it. */
function listing(keys: readonly string[], more: boolean): string {
  const contents = keys.map(
    (key) =>
      `<Contents><Key>${key}</Key><LastModified>2026-11-20T02:00:00.000Z</LastModified><ETag>"${'0'.repeat(32)}"</ETag><Size>2</Size></Contents>`,
  )
  const next = more ? '<NextContinuationToken>more</NextContinuationToken>' : ''
  return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix></Prefix><KeyCount>${keys.length}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>${more}</IsTruncated>${contents.join('')}${next}</ListBucketResult>`
}

test('A bucket that vanishes in the middle of its listing is not readable: half of a list is never shown for the whole', async ({
  page,
  holdfast,
}) => {
  const nights = ['20261120T020000Z-11111111', '20261121T020000Z-22222222']
  let isGone = true
  let halves = 0
  const server = await answeringServer(({ path, query }, response) => {
    const send = (status: number, body: string): void => {
      response.writeHead(status, { 'content-type': 'application/xml' })
      response.end(body)
    }
    const object = /^\/bucket\/(.+)$/.exec(path)?.[1]
    if (object !== undefined) return send(200, '{}')
    if (!query.has('list-type')) return send(200, '<LocationConstraint/>')
    const isSecond = query.get('continuation-token') === 'more'
    if (!isGone)
      return send(
        200,
        listing(
          nights.map((night) => `${night}/manifest.json`),
          false,
        ),
      )
    if (!isSecond) return send(200, listing([`${nights[0]}/manifest.json`], true))
    halves += 1
    return send(404, '<Error><Code>NoSuchBucket</Code><Message>It is gone.</Message></Error>')
  })
  const address = `s3://bucket/?endpoint=${server.url}&style=path`
  const id = await atDesk(holdfast, async (client) => {
    await chooseVault(client)
    const secret = { kind: 's3', accessKeyId: 'AKIASPECS', secretAccessKey: 'a secret of the specs' } as const
    const credential = await client.vault.add({ label: 'Reader', secret })
    const access = { credential: { source: 'vault', id: credential.id }, allowHttp: true } as const
    return (await addCluster(client, { name: 'kiok-half', address, access })).id
  })
  try {
    await holdfast.start(page)
    await unlockVault(page)
    await expect(page.getByRole('row', { name: 'kiok-half: Not readable' })).toBeVisible()
    expect(halves).toBeGreaterThan(0)
    await goTo(page, `/clusters/${id}/backups`)
    await expect(page.getByRole('alert').first()).toBeVisible()
    await expect(page.getByRole('main')).not.toContainText(/There is no backup|1\sbackup/)
    await expect(page.getByRole('gridcell')).toHaveCount(0)
    isGone = false
    await goTo(page, '/')
    await page.getByRole('button', { name: 'Look again' }).first().click()
    await expect(page.getByRole('row', { name: 'kiok-half: Not readable' })).toHaveCount(0)
    await goTo(page, `/clusters/${id}/backups`)
    await expect(page.getByRole('grid').getByRole('row')).toHaveCount(nights.length + 1)
    // What was seen stays, and is not cut down to the half that comes now.
    isGone = true
    await page.getByRole('button', { name: 'Look again' }).first().click()
    await expect(page.getByText('Not readable').first()).toBeVisible()
    await expect(page.getByRole('grid').getByRole('row')).not.toHaveCount(2)
  } finally {
    await server.close()
  }
})
