import { expect, test } from 'vitest'
import { clusterCommand } from '../../../../src/shared/domain/cluster-command.ts'

test('The command for what is done with the backups of a saved cluster names it, and nothing that has to be filled in', () => {
  const asked = { backups: ['a', 'b'], options: ['--recheck'] }
  expect(clusterCommand('verify', 'kiok-prod', asked)).toBe(
    'holdfast verify a b --cluster kiok-prod --recheck',
  )
  expect(clusterCommand('key-check', "the operator's own")).toBe(
    `holdfast key-check --cluster 'the operator'\\''s own'`,
  )
  expect(clusterCommand('restore', 'kiok', { backups: ['--rollback'], options: ['--target', '/t'] })).toBe(
    'holdfast restore --cluster kiok --target /t -- --rollback',
  )
})
