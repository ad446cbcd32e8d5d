import type { OpenHost } from '../ports/remote-host.ts'
import { systemClock } from '../adapters/system/clock.ts'
import { systemRandom } from '../adapters/system/random.ts'
import { sshLogin } from './ssh-login.ts'

/** Logs in to a host over SSH. */
export const openHost: OpenHost = async (connection, signal) => {
  const { openRemoteHost } = await import('../adapters/ssh/open-host.ts')
  const { address, acceptedHostKey, keyFiles, keyPassphrase, sudoPassword } = connection
  const login = await sshLogin(acceptedHostKey, keyFiles, keyPassphrase)
  return openRemoteHost(address, { ...login, sudoPassword, clock: systemClock, random: systemRandom }, signal)
}
