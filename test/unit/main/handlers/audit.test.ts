import { call } from '@orpc/server'
import { expect, test } from 'vitest'
import { createAuditHandlers } from '../../../../src/main/handlers/audit.ts'
import type { CallContext } from '../../../../src/main/handlers/implement.ts'
import { memoryAuditLog } from '../../../fakes/audit-log.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'
import { memoryLog } from '../../../fakes/memory-log.ts'

const context: CallContext = { shell: 'commandLine', log: memoryLog() }

test('the chain is listed, searched, walked and exported through the contract', async () => {
  const audit = memoryAuditLog(fakeClock())
  const handlers = createAuditHandlers(audit)
  for (const action of ['cluster.added', 'secret.used', 'restore.started']) {
    await audit.append({ action, subject: 'kiok-prod', facts: [] })
  }
  expect(await call(handlers.status, undefined, { context })).toMatchObject({ entries: 3, broken: null })
  expect(await call(handlers.verify, undefined, { context })).toMatchObject({ entries: 3, broken: null })
  const page = await call(handlers.list, { limit: 2 }, { context })
  expect(page.entries.map(({ action }) => action)).toEqual(['restore.started', 'secret.used'])
  expect(page.more).toBe(true)
  const rest = await call(handlers.list, { limit: 2, before: page.entries[1]?.seq }, { context })
  expect(rest.entries.map(({ action }) => action)).toEqual(['cluster.added'])
  const found = await call(handlers.list, { limit: 2, find: 'secret' }, { context })
  expect(found.entries.map(({ action }) => action)).toEqual(['secret.used'])
  let text = ''
  for await (const piece of await call(handlers.export, undefined, { context })) text += piece.text
  expect(text.trimEnd().split('\n')).toHaveLength(3)
})
