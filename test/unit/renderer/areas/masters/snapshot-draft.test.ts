import { expect, test } from 'vitest'
import type { SnapshotWay } from '../../../../../src/shared/contract/masters.ts'
import {
  mayBegin,
  snapshotCommand,
  usualWay,
} from '../../../../../src/renderer/areas/masters/model/snapshot-draft.ts'

function way(id: string, fields: Partial<SnapshotWay> = {}): SnapshotWay {
  return { id, label: id, does: '', consequences: [], stops: false, makesNothing: false, ...fields }
}
const cold = way('cold', { stops: true })
const asked = way('asked')

test('a way that stops nothing and makes something is offered first', () => {
  expect(usualWay([way('logged', { makesNothing: true }), cold, asked])).toBe(asked)
  expect(usualWay([cold])).toBe(cold)
  expect(usualWay([])).toBeNull()
})

test('what stops something waits for the typed name, and for a reason where the cluster is protected', () => {
  const given = { name: 'kiok-prod', typed: '', reason: '', isProtected: false }
  expect(mayBegin(asked, { ...given, isProtected: true })).toBe(true)
  expect(mayBegin(cold, given)).toBe(false)
  expect(mayBegin(cold, { ...given, typed: 'Kiok-prod' })).toBe(false)
  expect(mayBegin(cold, { ...given, typed: 'kiok-prod' })).toBe(true)
  expect(mayBegin(cold, { ...given, typed: 'kiok-prod', isProtected: true, reason: ' ' })).toBe(false)
  expect(mayBegin(cold, { ...given, typed: 'kiok-prod', isProtected: true, reason: 'drill' })).toBe(true)
})

test('the same on the command line names the way, and the cluster again where something stops', () => {
  expect(snapshotCommand('kiok-prod', asked, true)).toBe('holdfast snapshot kiok-prod --way asked')
  expect(snapshotCommand('--way', asked, true)).toBe(`holdfast snapshot --way ${asked.id} -- --way`)
  expect(snapshotCommand('two words', cold, true)).toBe(
    "holdfast snapshot 'two words' --way cold --confirm 'two words' --reason REASON",
  )
})
