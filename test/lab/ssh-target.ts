import { openSshTarget } from '../../src/main/adapters/ssh-target/open-ssh-target.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'
import type { RemoteHost } from '../../src/main/ports/remote-host.ts'
import type { RestoreTarget } from '../../src/main/ports/restore-target.ts'

/** A folder of a lab's host as a target; the target closes the host. */
export async function targetOn(
  host: RemoteHost,
  dir: string,
  { asRoot = false }: { readonly asRoot?: boolean } = {},
): Promise<RestoreTarget> {
  const address = { kind: 'ssh', login: host.name, asRoot, dir } as const
  return openSshTarget(address, { host, clock: systemClock, random: systemRandom })
}
