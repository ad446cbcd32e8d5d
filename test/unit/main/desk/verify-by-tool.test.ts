import { expect, test } from 'vitest'
import { demandToolVerifier, toolVerifierOf } from '../../../../src/main/desk/verify-by-tool.ts'
import { savedClusterOf } from '../../../support/saved-cluster.ts'

test('A connection that cannot be used offers no tool, and keeps nobody from verifying what lies in the repository', async () => {
  const broken = savedClusterOf({ system: 'kindling', connection: { hosts: 7 } })
  expect(await toolVerifierOf(broken)).toBe(null)
  await expect(demandToolVerifier(broken)).rejects.toMatchObject({ code: 'connection.invalid' })
  expect(await toolVerifierOf(savedClusterOf({ system: 'kindling' }))).toBe(null)
})
