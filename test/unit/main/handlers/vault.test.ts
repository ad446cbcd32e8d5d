import { call, ORPCError } from '@orpc/server'
import { expect, test } from 'vitest'
import type { CallContext } from '../../../../src/main/handlers/implement.ts'
import { createVaultHandlers } from '../../../../src/main/handlers/vault.ts'
import { deskOf, pair, passphrase } from '../secrets/desk.ts'

function handlersOf() {
  const made = deskOf()
  const context: CallContext = { shell: 'commandLine', log: made.log }
  return { ...made, handlers: createVaultHandlers(made.secrets), options: { context } }
}

async function failed(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof ORPCError)) throw error
  return error.data
}

test('a vault is chosen, filled, listed, locked and opened through the contract', async () => {
  const { handlers, options } = handlersOf()
  expect(await call(handlers.status, undefined, options)).toMatchObject({ state: 'none' })
  expect(await call(handlers.choose, { backend: 'sealedFile', passphrase }, options)).toMatchObject({
    state: 'open',
    backend: 'sealedFile',
  })
  const added = await call(handlers.add, { label: ' prod bucket ', secret: pair }, options)
  expect(added).toMatchObject({ label: 'prod bucket', hint: 'AKIA…7Q2M', isThere: true })
  const { id } = added
  expect(await call(handlers.rename, { id, label: 'other' }, options)).toMatchObject({ id, label: 'other' })
  expect(await call(handlers.replace, { id, secret: pair }, options)).toMatchObject({ id })
  expect(await call(handlers.lock, undefined, options)).toMatchObject({ state: 'locked' })
  expect(await call(handlers.unlock, { passphrase }, options)).toMatchObject({ state: 'open' })
  expect(await call(handlers.credentials, undefined, options)).toHaveLength(1)
  expect(await call(handlers.remove, { id }, options)).toEqual({})
  expect(await call(handlers.credentials, undefined, options)).toEqual([])
})

test('a failure leaves with its code, and what is not expected without its text', async () => {
  const { handlers, options, secrets, log } = handlersOf()
  expect(await failed(call(handlers.add, { label: 'pair', secret: pair }, options))).toMatchObject({
    code: 'vault.none',
  })
  secrets.add = () => Promise.reject(new Error(`an SDK that says ${pair.secretAccessKey}`))
  const unexpected = await failed(call(handlers.add, { label: 'pair', secret: pair }, options))
  expect(unexpected).toMatchObject({ code: 'internal', incident: expect.any(String) })
  expect(JSON.stringify(unexpected)).not.toContain(pair.secretAccessKey)
  expect(log.lines).toHaveLength(1)
})

test('a secret that a later programmer lets slip into a credential does not leave', async () => {
  const { handlers, options, secrets } = handlersOf()
  await secrets.choose({ backend: 'sealedFile', passphrase })
  const real = { ...secrets }
  secrets.add = async (label, secret) => Object.assign(await real.add(label, secret), { secret })
  const added = await call(handlers.add, { label: 'pair', secret: pair }, options)
  expect(JSON.stringify(added)).not.toContain(pair.secretAccessKey)
  expect(added).not.toHaveProperty('secret')
})
