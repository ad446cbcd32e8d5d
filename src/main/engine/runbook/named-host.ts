import { isIP } from 'node:net'
import type { HostAccess } from './on-host.ts'

/** Whether a name that the masters use for a host is this one, as far as it can be told. */
export function isNamed({ address }: Pick<HostAccess, 'address'>, name: string): boolean {
  const bare = address.replace(/^.*@/, '').replace(/:\d+$/, '')
  // The first part of an address of numbers names its network.
  if (isIP(bare) !== 0 || isIP(name) !== 0) return bare === name
  return bare === name || bare.split('.')[0] === name.split('.')[0]
}
