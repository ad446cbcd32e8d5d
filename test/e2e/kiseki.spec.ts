import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { kisekiShards, writeKisekiSnapshot } from '../lab/kiseki.ts'
import { addCluster, atDesk, chooseVault, verifyAll } from './desk.ts'
import { expect, test } from './holdfast.ts'
import { goTo } from './walks.ts'

test('An empty snapshot of kiseki is no backup to restore; a whole one says what kiseki cannot do with it', async ({
  page,
  holdfast,
}) => {
  const folder = join(holdfast.dir, 'repositories', 'kiseki')
  await mkdir(folder, { recursive: true })
  const store = await openFolderStore(folder)
  const at = (hours: number): string =>
    new Date(Date.now() - hours * 3_600_000).toISOString().replace(/\.\d+/, '')
  const whole = { seed: 'whole', at: at(8), shards: kisekiShards('specs', 3, 500) }
  const wholeId = await writeKisekiSnapshot(whole, store)
  const emptyId = await writeKisekiSnapshot({ seed: 'empty', at: at(2), shards: [] }, store)
  await store.close()
  const clusterId = await atDesk(holdfast, async (client) => {
    await chooseVault(client)
    const { id } = await addCluster(client, {
      name: 'kiseki-specs',
      system: 'kiseki',
      address: pathToFileURL(folder).href,
    })
    await verifyAll(client, id)
    return id
  })
  await holdfast.start(page)

  await goTo(page, `/clusters/${clusterId}/backups?backup=${encodeURIComponent(emptyId)}`)
  await expect(page.getByText('This backup holds nothing to restore.').first()).toBeVisible()
  const restore = page.getByRole('button', { name: 'Restore…' })
  await expect(restore).toBeDisabled()
  await expect(restore).toHaveAccessibleDescription(/^Restore is off: this backup holds nothing to restore\./)
  await page.getByTitle(wholeId, { exact: true }).last().click()

  await expect(page.getByText('This backup is whole, and can be exported.').first()).toBeVisible()
  await expect(page.getByText(/^kiseki has no restore that puts data back/)).toBeVisible()
  await restore.click()
  await expect(page).toHaveURL(/\/restore\//)
})
