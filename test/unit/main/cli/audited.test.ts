import { expect, test } from 'vitest'
import { auditedChange, noteInAudit } from '../../../../src/main/cli/audited.ts'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { memoryAuditLog } from '../../../fakes/audit-log.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'

const subject = { subject: 'kiok-prod', facts: [{ name: 'backup', value: 'b1' }] }

function contextOf() {
  const audit = memoryAuditLog(fakeClock())
  const notes: string[] = []
  const ports = { openAudit: async () => audit, stateFolder: '/state' }
  return { audit, notes, context: { ports, output: { note: (text: string) => void notes.push(text) } } }
}

test('Work stands between the entry of its start and that of its end', async () => {
  const { audit, notes, context } = contextOf()
  const done = await auditedChange(
    'restore',
    subject,
    async () => audit.entries.map(({ action }) => action),
    context,
  )
  expect(done).toEqual(['restore.started'])
  expect(audit.entries.map(({ action }) => action)).toEqual(['restore.started', 'restore.finished'])
  expect(notes).toEqual([])
})

test('Work that fails has an entry with its code, and fails as it did', async () => {
  const { audit, context } = contextOf()
  const failure = new HoldfastError('target.full', { what: 'No room.' })
  const run = auditedChange('restore', subject, async () => Promise.reject(failure), context)
  await expect(run).rejects.toBe(failure)
  expect(audit.entries.at(-1)).toMatchObject({
    action: 'restore.failed',
    facts: [...subject.facts, { name: 'code', value: 'target.full' }],
  })
})

test('Work whose start cannot be written is not begun', async () => {
  const { audit, context } = contextOf()
  audit.refuse('The disk is full.')
  let begun = false
  const run = auditedChange(
    'restore',
    subject,
    async () => {
      begun = true
    },
    context,
  )
  await expect(run).rejects.toMatchObject({ code: 'audit.cannotWrite' })
  expect(begun).toBe(false)
})

test('Work that is done is done, though the entry of its end cannot be written: that is said', async () => {
  const { audit, notes, context } = contextOf()
  const work = async (): Promise<string> => {
    audit.refuse('The disk is full.')
    return 'restored'
  }
  expect(await auditedChange('restore', subject, work, context)).toBe('restored')
  expect(notes).toEqual(['Note: restore.finished is not in the audit chain. The disk is full.'])
})

test('A run that only reads goes on without its entries, and says so', async () => {
  const { audit, notes, context } = contextOf()
  audit.refuse('The disk is full.')
  await noteInAudit(async () => [{ action: 'verify.finished', ...subject }], context)
  expect(notes).toEqual(['Note: this run is not in the audit chain. The disk is full.'])
})
