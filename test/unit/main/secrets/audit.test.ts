import { expect, test } from 'vitest'
import { failure } from '../../../conformance/store-helpers.ts'
import { chosenDesk, pair, passphrase, somewhere } from './desk.ts'

test('every change of a credential is an entry, written before it is done', async () => {
  const { secrets, actions, audit } = await chosenDesk()
  const { id } = await secrets.add('pair', pair)
  await secrets.replace(id, pair)
  await secrets.rename(id, 'other')
  await secrets.remove(id)
  expect(actions()).toEqual([
    'vault.chosen', 'vault.created', 'secret.added', 'vault.saved', 'secret.replaced', 'vault.saved',
    'secret.renamed', 'secret.removed', 'vault.saved',
  ]) // prettier-ignore
  expect(JSON.stringify(audit.entries)).not.toContain(pair.secretAccessKey)
  expect(JSON.stringify(audit.entries)).not.toContain(passphrase)
})

test('what cannot be written into the chain is not done', async () => {
  const { secrets, audit, desk, vaults } = await chosenDesk()
  const { id } = await secrets.add('pair', pair)
  audit.refuse('The disk is full.')
  await failure(secrets.add('another', pair), 'audit.cannotWrite')
  await failure(secrets.replace(id, { ...pair, accessKeyId: 'another' }), 'audit.cannotWrite')
  await failure(secrets.rename(id, 'other'), 'audit.cannotWrite')
  await failure(secrets.remove(id), 'audit.cannotWrite')
  await failure(secrets.s3(id, somewhere), 'audit.cannotWrite')
  expect(desk.credentials.list()).toMatchObject([{ id, label: 'pair', usedAt: null }])
  expect(await vaults.sealedFile.has(id)).toBe(true)
})

test('a change that fails is followed by an entry that says so, and leaves no half of it', async () => {
  const { secrets, vaults, audit, desk } = await chosenDesk()
  vaults.sealedFile.put = () => Promise.reject(new Error('an SDK of the future'))
  await expect(secrets.add('pair', pair)).rejects.toThrow('an SDK of the future')
  expect(desk.credentials.list()).toEqual([])
  expect(audit.entries.at(-1)).toMatchObject({
    action: 'secret.added',
    subject: 'pair',
    facts: expect.arrayContaining([{ name: 'outcome', value: 'failed: internal' }]),
  })
})

test('each use of a secret is an entry, at most one an hour for the same subject and purpose', async () => {
  const { secrets, audit, clock, desk } = await chosenDesk()
  const { id } = await secrets.add('pair', pair)
  const uses = () => audit.entries.filter(({ action }) => action === 'secret.used')
  await Promise.all([secrets.s3(id, somewhere), secrets.s3(id, somewhere)])
  await secrets.s3(id, somewhere)
  expect(uses()).toHaveLength(1)
  expect(uses()[0]).toMatchObject({
    subject: 'pair',
    facts: expect.arrayContaining([
      { name: 'credential', value: id },
      { name: 'for', value: 'kiok-prod' },
      { name: 'purpose', value: 'verify' },
    ]),
  })
  await secrets.s3(id, { ...somewhere, purpose: 'restore' })
  await secrets.s3(id, { ...somewhere, subject: 'kiok-test' })
  expect(uses()).toHaveLength(3)
  await clock.run(clock.wait(3_600_000 - 1))
  await secrets.s3(id, somewhere)
  expect(uses()).toHaveLength(3)
  await clock.run(clock.wait(1))
  await secrets.s3(id, somewhere)
  expect(uses()).toHaveLength(4)
  expect(desk.credentials.get(id)?.usedAt).toBe(new Date(clock.now()).toISOString())
})

test('so is the use of what is not kept here, under the name of where it lies', async () => {
  const { secrets, audit } = await chosenDesk()
  const profile = { kind: 's3', place: 'AWS profile backup' } as const
  await secrets.noteElsewhere(profile, somewhere)
  await secrets.noteElsewhere(profile, somewhere)
  await secrets.noteElsewhere({ kind: 'sshKey', place: 'SSH key /k' }, somewhere)
  const uses = audit.entries.filter(({ action }) => action === 'secret.used')
  expect(uses.map(({ subject }) => subject)).toEqual(['AWS profile backup', 'SSH key /k'])
  expect(uses[0]?.facts).toEqual([
    { name: 'kind', value: 's3' },
    { name: 'for', value: 'kiok-prod' },
    { name: 'purpose', value: 'verify' },
  ])
  audit.refuse('The disk is full.')
  await failure(secrets.noteElsewhere(profile, { ...somewhere, purpose: 'restore' }), 'audit.cannotWrite')
})

test('a use that could not be written is written at the next try', async () => {
  const { secrets, audit, actions } = await chosenDesk()
  const { id } = await secrets.add('pair', pair)
  audit.refuse('The disk is full.')
  await failure(secrets.s3(id, somewhere), 'audit.cannotWrite')
  audit.refuse(null)
  await secrets.s3(id, somewhere)
  expect(actions().at(-1)).toBe('secret.used')
})

test('a vault whose opening cannot be written stays locked', async () => {
  const { secrets, audit } = await chosenDesk()
  await secrets.lock()
  audit.refuse('The disk is full.')
  await failure(secrets.unlock(passphrase), 'audit.cannotWrite')
  expect((await secrets.status()).state).toBe('locked')
})
