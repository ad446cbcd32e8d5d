import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { connectionValues } from '../../src/shared/contract/connection-fields.ts'
import { kindlingSchema, kindlingSecrets, startKindling } from '../lab/masters/kindling.ts'
import { postgresProblem, postgresTemplate } from '../lab/postgres.ts'
import { addCluster, atDesk, chooseVault, passphrase } from './desk.ts'
import { expect, test } from './holdfast.ts'

const problem = postgresProblem()
test.skip(problem !== null, `no PostgreSQL here: ${problem}`)

test('pgBackRest verifies its repository on its host, with what that proves told before, and its word beside what was read here', async ({
  page,
  holdfast,
}) => {
  const template = await postgresTemplate('kindling', kindlingSchema, async () => undefined)
  const lab = await startKindling(template)
  try {
    const { postgres } = lab
    await postgres.pgBackRest('stanza-create')
    await postgres.pgBackRest('backup', '--type=full')
    const info = JSON.parse(await postgres.pgBackRest('info', '--output=json'))
    const label: string = info[0].backup[0].label
    await atDesk(holdfast, async (client) => {
      await chooseVault(client)
      const { sudo, token } = kindlingSecrets
      const address = pathToFileURL(postgres.repository).href
      const { id } = await addCluster(client, { name: 'kindling-prove', system: 'kindling', address })
      const password = await client.vault.add({ label: 'sudo', secret: { kind: 'password', password: sudo } })
      const key = await client.vault.add({ label: 'token', secret: { kind: 'token', token } })
      const ids: Readonly<Record<string, string>> = { sudo: password.id, token: key.id }
      const values: unknown = JSON.parse(
        JSON.stringify(lab.values, (_key, value: unknown) =>
          typeof value === 'string' ? (ids[value] ?? value) : value,
        ),
      )
      await client.masters.save({ id, values: connectionValues.parse(values) })
    })
    const file = join(postgres.repository, 'backup', 'kindling', label, 'pg_data', 'PG_VERSION.gz')
    const bytes = await readFile(file)
    await writeFile(file, Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)]))

    await holdfast.start(page)
    await page
      .getByRole('row', { name: /^kindling-prove/ })
      .getByRole('button', { name: 'Verify…' })
      .click()
    const dialog = page.getByRole('dialog', { name: 'Verify kindling-prove' })
    const cost = dialog.getByRole('region', { name: 'What it costs' })
    await expect(cost).toContainText('Proves 1 backup')
    await expect(cost).not.toContainText('pgBackRest verify runs on the first host')
    await dialog
      .getByRole('checkbox', { name: 'First let pgBackRest verify what it keeps, on its host' })
      .check()
    await expect(cost).toContainText('reads the whole repository of the stanza there')
    await expect(cost).toContainText('It does not show that PostgreSQL starts from them')
    await expect(cost).toContainText('--by-tool')
    await dialog.getByRole('button', { name: 'Start' }).click()
    const locked = page.getByRole('dialog', { name: 'The vault is locked' })
    await locked.getByLabel('Passphrase').fill(passphrase)
    await locked.getByRole('button', { name: 'Unlock' }).click()
    await expect(locked).toBeHidden()
    await dialog.getByRole('button', { name: 'Start' }).click()

    await expect(page.getByRole('heading', { name: /^What pgBackRest says/ })).toBeVisible({
      timeout: 30_000,
    })
    await expect(page.getByText(`backup: ${label}, status: invalid`).first()).toBeVisible()
    await expect(page.getByText('Restore from a backup that it calls valid.')).toBeVisible()
    await expect(page.getByRole('heading', { name: /0 of 1 backup good/ })).toBeVisible()
  } finally {
    await lab.close()
    await template.remove()
  }
})
