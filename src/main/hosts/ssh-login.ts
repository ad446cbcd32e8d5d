import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { LoginOptions } from '../adapters/ssh-login/log-in.ts'

/** Logs in over SSH as the one who runs this program would with `ssh`. */
export async function sshLogin(
  acceptedHostKey: string | null,
  keyFiles: readonly string[],
  passphrase: string | null = null,
): Promise<LoginOptions> {
  const { knownHostsOf } = await import('../adapters/ssh-login/known-hosts.ts')
  const home = homedir()
  return {
    account: { home, user: accountName() },
    hostKeys: knownHostsOf(join(home, '.ssh'), acceptedHostKey),
    credentials: {
      agentSocket: process.env['SSH_AUTH_SOCK'] ?? null,
      keyFiles: keyFiles.length === 0 ? null : keyFiles,
      ...(passphrase !== null && { passphrase }),
    },
  }
}

/** An account without an entry in the system's list of users has no name to log in with. */
function accountName(): string {
  try {
    return userInfo().username
  } catch {
    return process.env['USER'] ?? 'root'
  }
}
