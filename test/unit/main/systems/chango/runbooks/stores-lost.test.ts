import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { RunbookSetting, StepContext } from '../../../../../../src/main/ports/runbook.ts'
import { systemClock } from '../../../../../../src/main/adapters/system/clock.ts'
import { ch4 } from '../../../../../../src/main/systems/chango/runbooks/ch-4.ts'
import { fakeHost } from '../../../../../fakes/remote-host.ts'
import { fakeSession } from '../../../../../fakes/session.ts'

const folder = mkdtempSync(join(tmpdir(), 'hf-stores-lost-'))
afterAll(() => rmSync(folder, { recursive: true }))

const isRoot = process.getuid?.() === 0
const nobody = 65_534

/** What the step says of a host whose stores lie there; its commands run here, as a user who is nobody where one can be taken. */
async function lookAt(root: string) {
  const setting: RunbookSetting = {
    cluster: {
      name: 'payments',
      system: 'chango',
      connection: {
        masters: ['https://chango-1.example:8080'],
        hosts: ['ops@chango-1.example'],
        login: 'login',
      },
    },
    inputs: { zookeeper: 'zk-1:2181' },
  }
  const step = ch4.steps(setting).find(({ id }) => id === 'stores-lost')
  if (step?.kind !== 'check') throw new Error('CH-4 does not look for stores')
  const session = fakeSession({ name: 'payments', system: 'chango' }, new AbortController().signal, {
    host: async (name) =>
      Promise.resolve(
        fakeHost(
          ({ argv: [program, ...args] }) => {
            const { stdout, stderr, status } = spawnSync(program, args, {
              encoding: 'utf8',
              ...(isRoot && { uid: nobody, gid: nobody }),
            })
            return { stdout, stderr, code: status ?? 1 }
          },
          { clock: systemClock, name },
        ),
      ),
  })
  const context = { setting, session, known: new Map([['root.1', root]]), line: () => undefined }
  return step.look(context as unknown as StepContext)
}

function rootWith(name: string, stores: readonly string[]): string {
  const root = join(folder, name)
  mkdirSync(root)
  for (const store of stores) {
    mkdirSync(join(root, store))
    writeFileSync(join(root, store, 'CURRENT'), 'MANIFEST-000004\n')
  }
  return root
}

test('Stores that are there keep CH-4 from going on without a reason; one that is missing, or no folder at all, do not', async () => {
  chmodSync(folder, 0o755)
  const stores = ['metadata', 'iam', 'kms']
  expect(await lookAt(rootWith('whole', stores))).toMatchObject({
    state: 'failed',
    sentence: expect.stringContaining('whether they are whole is not seen from here'),
  })
  expect(await lookAt(rootWith('half', stores.slice(1)))).toMatchObject({
    state: 'done',
    sentence: expect.stringContaining('has no metadata in'),
  })
  expect(await lookAt(join(folder, 'none'))).toMatchObject({ state: 'done' })
})

test('A folder that nobody may look into is not called lost', async () => {
  const root = rootWith('closed', ['metadata', 'iam', 'kms'])
  chmodSync(root, 0)
  try {
    await expect(lookAt(root)).rejects.toMatchObject({ code: 'host.commandFailed' })
  } finally {
    chmodSync(root, 0o755)
  }
})
