import { AxeBuilder } from '@axe-core/playwright'
import { join } from 'node:path'
import { canHavePolicy, underPolicyText } from '../support/policy-here.ts'
import { expect, test } from './holdfast.ts'
import { goTo } from './walks.ts'

const policy = {
  schema: 1,
  settings: { autoLockMinutes: 5 },
  leastMode: 'protected',
  refuse: ['plainHttp', 'unverifiedTls'],
}

test('What the administrator has locked is shown as locked, with who says so, and cannot be chosen', async ({
  page,
  holdfast,
}) => {
  test.skip(!canHavePolicy, 'only root may mount here')
  const startedBy = underPolicyText(join(holdfast.dir, 'etc'), JSON.stringify(policy))
  await holdfast.startEmpty(page, startedBy)
  await goTo(page, '/settings')
  const main = page.getByRole('main')
  const list = main.getByRole('list', { name: 'Locked by the administrator' })
  await expect(list.getByRole('listitem')).toHaveText([
    /^Each cluster is at least protected/,
    /^Nothing secret goes over http:/,
    /^No certificate is believed unverified/,
    'Fixed: after how long a sealed file locks',
  ])
  await expect(main).toContainText('/etc/holdfast/policy.json')
  await expect(main.getByLabel('Sealed file locks after')).toBeDisabled()
  await expect(main.getByLabel('Sealed file locks after')).toHaveValue('5 m')
  await expect(main.getByLabel('Proof is old after')).toBeEnabled()
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])

  await goTo(page, '/add')
  const kind = page.getByRole('radiogroup', { name: 'Kind' })
  await expect(kind.getByRole('radio', { name: 'Normal' })).toBeDisabled()
  await expect(kind.getByRole('radio', { name: 'Protected' })).toBeChecked()
  await expect(main).toContainText('The administrator of this computer allows no less.')
})
