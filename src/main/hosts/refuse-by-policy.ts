import type { Policy } from '../../shared/contract/policy.ts'
import type { RepositoryAddress } from '../../shared/domain/address.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import { refused } from '../desk/under-policy.ts'
import type { OpenGrpc } from '../ports/grpc-client.ts'
import type { OpenHttp } from '../ports/http-client.ts'
import type { RepositoryAccess } from '../ports/repository-access.ts'
import type { TlsTrust } from '../ports/tls-trust.ts'

type OpenPlace<How, T> = (address: RepositoryAddress, access: RepositoryAccess, how: How) => Promise<T>

/** Repositories, and the place of anchors: what was allowed to go over `http:` is not, where the policy refuses that. */
export function placesUnder<How, T>(policy: Policy | null, open: OpenPlace<How, T>): OpenPlace<How, T> {
  if (policy === null || !policy.refuse.includes('plainHttp')) return open
  return async (address, access, how) =>
    access.allowHttp
      ? byPolicy(policy, () => open(address, { ...access, allowHttp: false }, how))
      : open(address, access, how)
}

/** Masters over HTTP: the same, and certificates that nobody verifies. */
export function httpUnder(policy: Policy | null, open: OpenHttp): OpenHttp {
  if (policy === null) return open
  return (connection) => {
    refuseUnverified(policy, connection.tls)
    if (!policy.refuse.includes('plainHttp') || !connection.allowPlaintextCredentials) return open(connection)
    const client = open({ ...connection, allowPlaintextCredentials: false })
    return {
      send: (request, signal) => byPolicy(policy, () => client.send(request, signal)),
      close: () => client.close(),
    }
  }
}

/** Masters over gRPC: a token never goes over plaintext, whatever the policy; certificates as over HTTP. */
export function grpcUnder(policy: Policy | null, open: OpenGrpc): OpenGrpc {
  if (policy === null) return open
  return (connection, protocol) => {
    if (connection.tls !== null) refuseUnverified(policy, connection.tls)
    return open(connection, protocol)
  }
}

/** With a pin the key is verified, whatever else is said. */
function refuseUnverified(policy: Policy, { unverifiedBecause, pin }: TlsTrust): void {
  if (unverifiedBecause === null || pin !== null || !policy.refuse.includes('unverifiedTls')) return
  throw refused('A certificate that nobody verifies is not believed on this machine.', policy)
}

/** What is refused for want of the permission that was given is refused by the policy. */
async function byPolicy<T>(policy: Policy, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isHoldfastError(error) || !/^(repository|master)\.insecure$/.test(error.code)) throw error
    throw refused(error.text.what, policy)
  }
}
