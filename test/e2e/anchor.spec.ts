import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { AxeBuilder } from '@axe-core/playwright'
import { startRgw } from '../lab/rgw.ts'
import { expect, test } from './holdfast.ts'
import { goTo } from './walks.ts'
import { atDesk, passphrase } from './desk.ts'

test('The audit chain is anchored from the settings, and Activity says how far', async ({
  page,
  holdfast,
}) => {
  const rgw = await startRgw()
  if ('skip' in rgw) return test.skip(true, rgw.skip)
  const { endpoint, accessKeyId, secretAccessKey } = rgw
  try {
    const credentials = { accessKeyId, secretAccessKey }
    const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
    await client.send(new CreateBucketCommand({ Bucket: 'anchors', ObjectLockEnabledForBucket: true }))
    await client.send(new CreateBucketCommand({ Bucket: 'open' }))
    client.destroy()
    await atDesk(holdfast, async (desk) => {
      await desk.vault.choose({ backend: 'sealedFile', passphrase })
      await desk.vault.add({ label: 'Anchors', secret: { kind: 's3', accessKeyId, secretAccessKey } })
    })
    await holdfast.startEmpty(page)
    await goTo(page, '/settings')
    const main = page.getByRole('main')
    await main.getByRole('button', { name: 'Unlock…' }).click()
    await page.getByRole('dialog').getByLabel('Passphrase').fill(passphrase)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog')).toBeHidden()

    const keep = async (button: string, address: string): Promise<void> => {
      await main.getByRole('button', { name: button }).click()
      const dialog = page.getByRole('dialog', { name: 'Anchors of the audit chain' })
      await dialog.getByRole('textbox', { name: 'Address' }).fill(address)
      await dialog.getByRole('combobox', { name: 'S3 credential' }).click()
      await page.getByRole('option', { name: /^Anchors/ }).click()
      await dialog.getByRole('button', { name: 'Keep anchors there' }).click()
    }
    const place = (bucket: string): string => `s3://${bucket}/here/?endpoint=${endpoint}&style=path`
    await keep('Keep anchors…', 'file:///srv/anchors')
    const dialog = page.getByRole('dialog', { name: 'Anchors of the audit chain' })
    await expect(dialog).toContainText('a bucket with Object Lock, and nowhere else')
    const { violations } = await new AxeBuilder({ page }).include('[role="dialog"]').analyze()
    expect(violations).toEqual([])
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await keep('Keep anchors…', place('open'))
    await expect(main).toContainText('does not lock what is written to it')
    await keep('Change…', place('anchors'))
    await expect(main).toContainText(/Anchored up to entry \d+/)
    await goTo(page, '/activity/audit')
    await expect(main).toContainText(/Anchored up to entry \d+/)
    await main.getByRole('button', { name: 'Walk it again' }).click()
    await expect(main).toContainText('Whole, walked')
    await goTo(page, '/settings')
    await main.getByRole('button', { name: 'Keep none' }).click()
    await expect(main).toContainText('none are kept now')
  } finally {
    await rgw.stop()
  }
})
