import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright/test'
import { addCluster, atDesk, makeRepository, slowDown, verifyAll, type LabRepository } from './desk.ts'
import { expect, test, type Holdfast } from './holdfast.ts'
import { goTo } from './walks.ts'

const sizes = { metadata: 300_000, kms: 300_000, iam: 300_000, connections: 300_000, joblog: 300_000 }

interface Scene {
  readonly id: string
  readonly from: LabRepository
  /** The folder that is copied into. */
  readonly to: string
}

/** A verified backup that is read slowly, and another repository. */
async function makeScene(holdfast: Holdfast): Promise<Scene> {
  const from = await makeRepository(holdfast, 'kiok-here', { nights: 1, plain: true, storeSizes: sizes })
  const to = join(holdfast.dir, 'elsewhere')
  await mkdir(to)
  const id = await atDesk(holdfast, async (client) => {
    const cluster = await addCluster(client, { name: 'kiok-here', address: from.address })
    await verifyAll(client, cluster.id)
    const [here] = await client.repositories.list()
    if (here === undefined) throw new Error('Nothing was added.')
    const { access, system } = here
    await client.repositories.add({ name: 'elsewhere', system, address: pathToFileURL(to).href, access })
    await slowDown(client, cluster.repositoryId, 250_000)
    return cluster.id
  })
  return { id, from, to }
}

async function startCopy(page: Page, { id }: Scene): Promise<void> {
  await goTo(page, `/clusters/${id}/backups`)
  await page.getByRole('gridcell').first().click()
  await page.getByRole('button', { name: 'Copy…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Copy this backup' })
  await dialog.getByRole('radio', { name: /^elsewhere/ }).check()
  await dialog.getByRole('button', { name: 'Copy', exact: true }).last().click()
  await expect(page.getByRole('heading', { level: 2, name: /^Copy kiok-here/ })).toBeVisible()
}

/** Every file below a folder, hidden ones too. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted()
}

/** Waits until the first object is there whole, and the next one on its way. */
async function untilBegun({ to, from }: Scene): Promise<void> {
  const wanted = await filesIn(from.folder)
  const begun = async (): Promise<boolean> => {
    const there = await filesIn(to)
    return there.some((file) => wanted.includes(file)) && there.some((file) => !wanted.includes(file))
  }
  await expect.poll(begun, { intervals: [20] }).toBe(true)
}

async function expectWhole({ from, to }: Scene, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const [sent, copied] = await Promise.all([from.folder, to].map(async (at) => readFile(join(at, file))))
    expect(copied?.equals(sent ?? Buffer.alloc(0)), file).toBe(true)
  }
}

test('A copy that is cancelled leaves whole objects, nothing half written and no manifest', async ({
  page,
  holdfast,
}) => {
  const scene = await makeScene(holdfast)
  await holdfast.start(page)
  await startCopy(page, scene)
  await untilBegun(scene)
  await page.getByRole('button', { name: 'Cancel copy…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the copy' }).click()
  await expect(page.getByRole('heading', { level: 2, name: /^Copy kiok-here\s*Cancelled/ })).toBeVisible()
  const left = await filesIn(scene.to)
  expect(left.length).toBeGreaterThan(0)
  expect(left.filter((file) => !file.endsWith('.bin'))).toEqual([])
  await expectWhole(scene, left)
})

test('A copy whose program was killed is gone on with: what was copied is not written again, and the copy is as good as its source', async ({
  page,
  holdfast,
}) => {
  const scene = await makeScene(holdfast)
  await holdfast.start(page)
  await startCopy(page, scene)
  await untilBegun(scene)
  await holdfast.kill()
  expect((await filesIn(scene.to)).some((file) => file.endsWith('manifest.json'))).toBe(false)
  await holdfast.start(page)
  await goTo(page, '/activity/jobs')
  await page.getByRole('region', { name: 'Needs an answer' }).getByRole('link').click()
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByRole('heading', { level: 2, name: /^Copy kiok-here\s*Done/ })).toBeVisible()
  await expect(page.getByRole('main')).toContainText(/[1-5] stood there already; all were read back\./)
  const copied = await filesIn(scene.from.folder)
  expect(await filesIn(scene.to)).toEqual(expect.arrayContaining([...copied]))
  await expectWhole(scene, copied)
  await holdfast.stop()
  // Nobody sealed it, so neither is better than the other.
  const [copy, source] = await atDesk(holdfast, async (client) => {
    const { id } = await addCluster(client, { name: 'kiok-copy', address: pathToFileURL(scene.to).href })
    await verifyAll(client, id)
    const chains = await Promise.all(
      [id, scene.id].map(async (clusterId) => client.backups.chain({ clusterId })),
    )
    return chains.map(({ backups }) => backups.map(({ backupId, verdict }) => [backupId, verdict]))
  })
  expect(copy).toEqual([[scene.from.backupIds[0], 'warning']])
  expect(copy).toEqual(source)
})
