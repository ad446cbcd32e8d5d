import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runKept, type KeptEnd } from '../../../../../src/main/engine/runbook/kept-command.ts'
import type { Session } from '../../../../../src/main/ports/cluster-driver.ts'
import type { RemoteHost } from '../../../../../src/main/ports/remote-host.ts'
import { shellHost } from '../../../../lab/shell-host.ts'
import { canMount, whyNotMounted } from '../../../../support/small-file-system.ts'
import { scratch } from '../restore/fixture.ts'

/** This machine, with a /var/tmp of its own for each command that becomes full as `script` says. */
function hostWhere(script: string): RemoteHost {
  const host = shellHost()
  const mount = `mount -t tmpfs -o size=64k holdfast-test /var/tmp || exit 1\n${script}\nexec "$@"`
  return {
    ...host,
    run: (command, signal) =>
      host.run(
        { ...command, argv: ['unshare', '--mount', '/bin/sh', '-c', mount, 'sh', ...command.argv] },
        signal,
      ),
  }
}

async function keptOn(host: RemoteHost, argv: readonly [string, ...string[]]): Promise<KeptEnd> {
  const session = { signal: new AbortController().signal, host: async () => host } as unknown as Session
  return runKept(
    { address: host.name, ssh: { keyFiles: [], keyCredential: null, sudoCredential: null, hostKeys: [] } },
    { name: 'try', argv, asUser: 'root', folder: '/', deadlineMs: 60_000 },
    { session, runId: `run-${randomBytes(6).toString('hex')}` },
  )
}

const fill = 'cat /dev/zero >/var/tmp/ballast 2>/dev/null'

describe.skipIf(!canMount)(`a command that is kept on a host${whyNotMounted}`, () => {
  test('whose folder there is full is not begun, and says so', async () => {
    using folder = scratch()
    const witness = join(folder.path, 'was-run')
    const end = await keptOn(hostWhere(fill), ['touch', witness])
    expect(end).toMatchObject({ kind: 'ended', code: 97, said: expect.stringContaining('cannot be written') })
    expect(existsSync(witness)).toBe(false)
  })

  test('whose folder becomes full while it runs has an end that nobody knows, though it failed', async () => {
    const end = await keptOn(hostWhere(''), ['/bin/sh', '-c', `${fill}; exit 3`])
    expect(end.kind).toBe('gone')
  })
})
