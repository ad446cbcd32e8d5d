import { expect, test } from 'vitest'
import { errorFinding, warningFinding } from '../../../../src/shared/domain/finding.ts'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { exitStatusOf, statusOfFindings } from '../../../../src/main/cli/exit-status.ts'

const unreachable = errorFinding('object.unreachable', 'It could not be read.')
const damaged = errorFinding('object.hashMismatch', 'It was changed.')
const open = warningFinding('key.missing', 'No key was given.')

test.each([
  ['nothing found', [], 0],
  ['a warning', [open], 0],
  ['an error', [damaged, open], 1],
  ['an object that could not be read', [unreachable, open], 3],
  ['an object that could not be read, and something worse', [unreachable, damaged], 1],
])('The exit status after %s', (_name, findings, status) => {
  expect(statusOfFindings(findings)).toBe(status)
})

test.each([
  ['usage', 2],
  ['plan.changed', 2],
  ['restore.refused', 2],
  ['target.busy', 2],
  ['repository.unreachable', 3],
  ['repository.accessDenied', 3],
  ['host.unknownKey', 3],
  ['restore.failed', 4],
  ['internal', 4],
  ['cancelled', 130],
] as const)('The exit status after the error %s is %i', (code, status) => {
  expect(exitStatusOf(new HoldfastError(code, { what: 'It failed.' }))).toBe(status)
})

test('The exit status after an error that nobody foresaw is that of a failure', () => {
  expect(exitStatusOf(new TypeError('x is undefined'))).toBe(4)
})
