import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { startSshd } from '../lab/sshd.ts'
import { addCluster, atDesk, makeRepository, verifyAll } from './desk.ts'
import { expect, test, type Holdfast } from './holdfast.ts'
import { goTo, type Visit } from './walks.ts'

/** A host whose key is not known: the question, what it asks for, and where the key is then kept. */
export async function walkHosts(page: Page, holdfast: Holdfast, visit: Visit): Promise<void> {
  const sshd = await startSshd()
  test.skip('skip' in sshd, 'skip' in sshd ? sshd.skip : '')
  if ('skip' in sshd) return
  try {
    const { address } = await makeRepository(holdfast, 'kiok-far', { nights: 1, plain: true })
    const id = await atDesk(holdfast, async (client) => {
      const cluster = await addCluster(client, { name: 'kiok-far', address, mode: 'protected' })
      await verifyAll(client, cluster.id)
      return cluster.id
    })
    const keys = join(holdfast.home, '.ssh')
    await mkdir(keys, { recursive: true, mode: 0o700 })
    await copyFile(sshd.keyFile, join(keys, 'id_ed25519'))
    const folder = join(holdfast.dir, 'far')
    await mkdir(folder)
    await holdfast.start(page)
    await goTo(page, `/clusters/${id}/restore/newest`)
    await page
      .getByRole('textbox', { name: 'Path' })
      .fill(`ssh://${sshd.user}@${sshd.host}:${sshd.port}${folder}`)
    await page.getByRole('button', { name: 'Check' }).click()
    const trust = page.getByRole('button', { name: 'Trust this key…' })
    await expect(trust).toBeVisible()
    await visit('host-question')
    await trust.click()
    const dialog = page.getByRole('dialog', { name: 'Trust the key of a host' })
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Read out by its owner, INC-2291')
    await visit('host-trust')
    await dialog.getByRole('button', { name: 'I compared it: trust this key' }).click()
    await expect(page.getByRole('button', { name: 'Continue to plan' })).toBeEnabled()
    await goTo(page, `/clusters/${id}/connection`)
    await expect(page.getByRole('heading', { name: 'Trusted hosts' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Connect its masters…' })).toBeVisible()
    await visit('cluster-connection-hosts')
    await page.getByRole('button', { name: /^Forget / }).click()
    await page.getByRole('textbox', { name: 'Reason' }).fill('Installed anew, INC-2291')
    await expect(page.getByText(/holdfast clusters forget-host --reason/)).toBeVisible()
    await visit('host-forget')
    await goTo(page, '/settings')
    await page.getByRole('button', { name: /^Forget the key of / }).click()
    const forget = page.getByRole('dialog', { name: 'Forget the key?' })
    await forget.getByRole('textbox', { name: 'Reason' }).fill('Installed anew, INC-2291')
    await expect(forget.getByText(/holdfast clusters forget-host --reason/)).toBeVisible()
    await visit('settings-forget-host')
  } finally {
    await sshd.stop()
  }
}
