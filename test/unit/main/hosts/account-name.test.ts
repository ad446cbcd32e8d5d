import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const file = new URL('../../../../src/main/hosts/account-name.ts', import.meta.url)
const program = `import(${JSON.stringify(file.href)}).then(({ accountName }) => console.log(accountName()))`

test.skipIf(process.getuid?.() !== 0)(
  'An account that the system has no name for has its number',
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { uid: 54_321 })
    expect(stdout.trim()).toBe('user 54321')
  },
)
