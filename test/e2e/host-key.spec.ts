import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startSshd } from '../lab/sshd.ts'
import { addCluster, atDesk, makeRepository, verifyAll } from './desk.ts'
import { expect, test } from './holdfast.ts'
import { goTo } from './walks.ts'

test('A restore to a host whose key is not known asks, and goes on once the key was compared and trusted', async ({
  page,
  holdfast,
}) => {
  const sshd = await startSshd()
  test.skip('skip' in sshd, 'skip' in sshd ? sshd.skip : '')
  if ('skip' in sshd) return
  try {
    const repository = await makeRepository(holdfast, 'kiok-far', { nights: 1, plain: true })
    const id = await atDesk(holdfast, async (client) => {
      const cluster = await addCluster(client, {
        name: 'kiok-far',
        address: repository.address,
        mode: 'protected',
      })
      await verifyAll(client, cluster.id)
      return cluster.id
    })
    const keys = join(holdfast.home, '.ssh')
    await mkdir(keys, { recursive: true, mode: 0o700 })
    await copyFile(sshd.keyFile, join(keys, 'id_ed25519'))
    const known = await readFile(sshd.knownHostsFile, 'utf8')
    await holdfast.start(page)
    await goTo(page, `/clusters/${id}/restore/newest`)
    await mkdir(join(holdfast.dir, 'far'))
    const target = `ssh://${sshd.user}@${sshd.host}:${sshd.port}${join(holdfast.dir, 'far')}`
    await page.getByRole('textbox', { name: 'Path' }).fill(target)
    await page.getByRole('button', { name: 'Check' }).click()
    const question = page.getByRole('group', { name: 'Unknown host key' })
    await question.getByRole('button', { name: 'Trust this key…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Trust the key of a host' })
    await expect(dialog).toContainText(/SHA256:[A-Za-z0-9+/]{43}/)
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
    const trust = dialog.getByRole('button', { name: 'I compared it: trust this key' })
    await expect(trust).toBeDisabled()
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Read out by its owner')
    await trust.click()
    await expect(page.getByRole('button', { name: 'Continue to plan' })).toBeEnabled()
    expect(await readFile(sshd.knownHostsFile, 'utf8')).toBe(known)
    await goTo(page, `/clusters/${id}/connection`)
    await page.getByRole('button', { name: /^Forget / }).click()
    await page.getByRole('textbox', { name: 'Reason' }).fill('Installed anew')
    await page.getByRole('button', { name: /^Forget / }).click()
    await expect(page.getByRole('heading', { name: 'Trusted hosts' })).toBeHidden()
    await goTo(page, '/activity/audit')
    await expect(page.getByRole('table').getByText('host.forgotten').first()).toBeVisible()
    await expect(page.getByRole('table').getByText('host.trusted').first()).toBeVisible()
  } finally {
    await sshd.stop()
  }
})
