import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { startRgw } from '../lab/rgw.ts'
import { passphrase } from './desk.ts'
import { expect, test } from './holdfast.ts'

test('S3 keys are typed in once; refused keys, an absent bucket and an empty one are told apart', async ({
  page,
  holdfast,
}) => {
  const rgw = await startRgw()
  if ('skip' in rgw) return test.skip(true, rgw.skip)
  const { endpoint, accessKeyId, secretAccessKey } = rgw
  try {
    await holdfast.startEmpty(page)
    await page.getByRole('main').getByRole('link', { name: 'Add cluster' }).click()
    await page.getByRole('textbox', { name: 'Address' }).fill(`s3://nightly/?endpoint=${endpoint}&style=path`)
    await page.getByRole('checkbox', { name: /^Allow plain HTTP/ }).check()
    const report = page.getByRole('complementary', { name: 'Test of what is typed' })
    const dialog = page.getByRole('dialog')
    const typeKeys = async (secret: string, name: string): Promise<void> => {
      await dialog.getByLabel('Name', { exact: true }).fill(name)
      await dialog.getByLabel('Access key id').fill(accessKeyId)
      await dialog.getByLabel('Secret access key').fill(secret)
      await dialog.getByRole('button', { name: 'Keep it' }).click()
      await expect(dialog).toBeHidden()
    }
    const newKeys = async (): Promise<void> => {
      await page.getByRole('combobox', { name: 'S3 credential' }).click()
      await page.getByRole('option', { name: 'New…' }).click()
    }

    await newKeys()
    await dialog.getByRole('radio', { name: 'A sealed file with a passphrase' }).check()
    await dialog.getByText('My own', { exact: true }).click()
    await dialog.getByLabel('Passphrase', { exact: true }).last().fill(passphrase)
    await dialog.getByLabel('The same again').fill(passphrase)
    await dialog.getByRole('button', { name: 'Keep secrets there' }).click()
    await typeKeys('not the secret of this key', 'Wrong')
    await expect(report).toContainText(/refus|denied|not accepted|signature/i)
    await expect(report).not.toContainText('backup lies there')

    await newKeys()
    await typeKeys(secretAccessKey, 'Right')
    await expect(report).toContainText('There is no such bucket.')
    await expect(report.getByRole('heading').first()).toHaveText('It does not work yet.')

    const client = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    })
    await client.send(new CreateBucketCommand({ Bucket: 'nightly' }))
    client.destroy()
    // What is typed is tested again when it changes.
    await page
      .getByRole('textbox', { name: 'Address' })
      .fill(`s3://nightly/kiok/?endpoint=${endpoint}&style=path`)
    await expect(report).toContainText('No kiok backup lies there')
    await expect(report.getByRole('heading').first()).toHaveText('It works, with a remark.')
    expect(holdfast.said()).not.toContain(secretAccessKey)
  } finally {
    await rgw.stop()
  }
})
