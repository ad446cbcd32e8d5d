import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openRemoteHost, type HostOptions } from '../../src/main/adapters/ssh/open-host.ts'
import { knownHostsOf } from '../../src/main/adapters/ssh-login/known-hosts.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'
import type { RemoteHost } from '../../src/main/ports/remote-host.ts'
import type { Sshd } from './sshd.ts'

export interface Reaching extends Partial<HostOptions> {
  readonly user?: string
  readonly address?: string
  readonly acceptedHostKey?: string
}

/** Logs in to a lab server with the key that it takes, from a home of its own. */
export async function reachHost(
  server: Sshd,
  { user = server.user, address, acceptedHostKey, ...options }: Reaching = {},
  signal?: AbortSignal,
): Promise<RemoteHost> {
  const home = options.account?.home ?? (await makeHome(server))
  return openRemoteHost(
    address ?? `${user}@${server.host}:${server.port}`,
    {
      account: { home, user: server.user },
      hostKeys: knownHostsOf(join(home, '.ssh'), acceptedHostKey ?? null),
      credentials: { agentSocket: null, keyFiles: [server.keyFile] },
      sudoPassword: null,
      clock: systemClock,
      random: systemRandom,
      ...options,
    },
    signal,
  )
}

let homes = 0

/** A home whose `~/.ssh` knows the given servers. */
export async function makeHome(server: Sshd, config = '', known?: string): Promise<string> {
  homes += 1
  const home = join(server.folder, `home-${homes}`)
  await mkdir(join(home, '.ssh'), { recursive: true })
  await writeFile(join(home, '.ssh', 'known_hosts'), known ?? server.knownHosts)
  await writeFile(join(home, '.ssh', 'config'), config)
  return home
}
