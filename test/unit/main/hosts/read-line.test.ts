import { expect, test } from 'vitest'
import { readLine } from '../../../../src/main/hosts/read-line.ts'
import { readStdin } from '../../../../src/main/hosts/read-secret.ts'

test('Nothing is waited for once the work is cancelled', async () => {
  const over = AbortSignal.abort()
  expect(await readLine(over)).toBeNull()
  await expect(readStdin(over)).rejects.toMatchObject({ code: 'cancelled' })
})
