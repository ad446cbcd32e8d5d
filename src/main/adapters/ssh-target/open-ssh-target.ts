import { Buffer } from 'node:buffer'
import { targetBase, type SshTargetAddress } from '../../../shared/domain/target-address.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { RemoteHost } from '../../ports/remote-host.ts'
import type { RestoreTarget } from '../../ports/restore-target.ts'
import { openPlace } from './place.ts'
import { remoteShell } from './remote-shell.ts'
import { SshTarget } from './ssh-target.ts'

export interface SshTargetOptions {
  /** Logged in to; the target closes it. */
  readonly host: RemoteHost
  readonly clock: Clock
  readonly random: Random
}

/**
 * Opens a folder on a host as a restore target. The folder may be missing, the one above it may not. Needs there: a POSIX
 * sh, GNU coreutils, findutils, tar and util-linux, and up to coreutils 9.4 perl or python3. Throws `target.refused` where
 * no restore may ever write, or where the host lacks a tool, and what `RemoteHost` throws.
 */
export async function openSshTarget(
  address: SshTargetAddress,
  options: SshTargetOptions,
): Promise<RestoreTarget> {
  const { host, clock, random } = options
  const { dir } = address
  const base = targetBase(address)
  const asUser = address.asRoot ? 'root' : null
  try {
    const shell = remoteShell(host, { asUser, name: `${base}${dir}` })
    const place = await openPlace(dir, shell, { now: () => clock.now(), address: `${base}${dir}` })
    const name = `${base}${place.path}`
    return new SshTarget(place, {
      host,
      shell: remoteShell(host, { asUser, name }),
      address: name,
      clock,
      uniqueId: () => Buffer.from(random.bytes(16)).toString('hex'),
    })
  } catch (error) {
    await host.close()
    throw error
  }
}
