import { acceptedKey } from '../host-keys.ts'
import { createHash } from 'node:crypto'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { parseAddress } from '../../../shared/domain/address.ts'
import type { SshValues, TlsValues } from '../../../shared/contract/connection-fields.ts'
import type { ByteWork } from '../../ports/byte-work.ts'
import type { Session } from '../../ports/cluster-driver.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import type { MasterKey } from '../../ports/master-key.ts'
import type { RemoteHost } from '../../ports/remote-host.ts'
import type { SecretUse } from '../../ports/secrets.ts'
import type { TlsTrust } from '../../ports/tls-trust.ts'
import { sshKeys } from '../../operations/secrets-elsewhere.ts'
import { openSavedStore } from '../cluster-repository.ts'
import type { DeskPorts } from '../ports.ts'
import { savedRepository } from '../saved.ts'

export type SessionPorts = Pick<
  DeskPorts,
  | 'secrets'
  | 'clock'
  | 'random'
  | 'state'
  | 'openStore'
  | 'openHttp'
  | 'openGrpc'
  | 'openHost'
  | 'openByteWork'
>

export interface OpenSession extends Session {
  /** Ends what is under way and closes all that was opened. */
  close(): Promise<void>
}

/** What a driver works with while it talks to one cluster for one purpose. */
export function openSession(
  cluster: Pick<SavedCluster, 'name' | 'system' | 'repositoryId' | 'masterKeys'>,
  purpose: string,
  ports: SessionPorts,
  signal: AbortSignal,
): OpenSession {
  const { secrets, clock, random } = ports
  const use: SecretUse = { subject: cluster.name, purpose }
  const ending = new AbortController()
  const stop = AbortSignal.any([signal, ending.signal])
  const closers: (() => void | Promise<void>)[] = []
  const hosts = new Map<string, Promise<RemoteHost>>()
  let workers: Promise<ByteWork> | null = null

  async function trustOf(tls: TlsValues): Promise<TlsTrust> {
    const { clientCertFile, clientKeyFile, clientKeyCredential, ...rest } = tls
    return {
      ...rest,
      clientCertificate:
        clientCertFile === null || clientKeyFile === null
          ? null
          : {
              certFile: clientCertFile,
              keyFile: clientKeyFile,
              passphrase:
                clientKeyCredential === null ? null : await secrets.password(clientKeyCredential, use),
            },
    }
  }

  async function openHost(address: string, ssh: SshValues): Promise<RemoteHost> {
    const passwordOf = async (id: string | null): Promise<string | null> =>
      id === null ? null : secrets.password(id, use)
    await secrets.noteElsewhere(sshKeys(ssh.keyFiles), use)
    const host = await ports.openHost(
      {
        address,
        keyFiles: ssh.keyFiles,
        keyPassphrase: await passwordOf(ssh.keyCredential),
        acceptedHostKey: acceptedKey(address, ssh.hostKeys),
        sudoPassword: await passwordOf(ssh.sudoCredential),
      },
      stop,
    )
    closers.push(() => host.close())
    return host
  }

  return {
    cluster,
    clock,
    random,
    signal: stop,
    async http({ tls, proxy, ...wanted }) {
      const client = ports.openHttp({
        ...wanted,
        proxy: proxy === '' ? null : proxy,
        tls: await trustOf(tls),
      })
      closers.push(() => client.close())
      return client
    },
    async grpc(origin, tls, protocol) {
      const { protocol: scheme, host, port } = new URL(origin)
      const target = port === '' ? `${host}:${scheme === 'https:' ? 443 : 80}` : host
      const client = ports.openGrpc(
        { target, tls: scheme === 'https:' ? await trustOf(tls) : null },
        protocol,
      )
      closers.push(() => client.close())
      return client
    },
    async host(address, ssh) {
      const known = hosts.get(address)
      if (known !== undefined) return known
      const opening = openHost(address, ssh)
      hosts.set(address, opening)
      // One that could not be reached may be asked for again.
      opening.catch(() => hosts.delete(address))
      return opening
    },
    login: async (id) => secrets.login(id, use),
    token: async (id) => secrets.token(id, use),
    password: async (id) => secrets.password(id, use),
    s3: async (id) => secrets.s3(id, use),
    async replaceToken(id, token) {
      await secrets.replace(id, { kind: 'token', token })
    },
    async masterKeys() {
      const keys: MasterKey[] = []
      for (const id of cluster.masterKeys) {
        const key = await secrets.masterKey(id, use)
        closers.push(() => key.close())
        keys.push(key)
      }
      return keys
    },
    keySalt() {
      const [id] = cluster.masterKeys
      if (id === undefined)
        throw new HoldfastError('key.missing', { what: `${cluster.name} has no master key here.` })
      // The id was drawn when the key was saved, and stays with it.
      return createHash('sha256').update(`holdfast-key-salt:v1:${id}`).digest().subarray(0, 16)
    },
    async byteWork() {
      workers ??= ports.openByteWork(null)
      return workers
    },
    async repository(mode) {
      const store = await openSavedStore(
        savedRepository(cluster.repositoryId, ports.state),
        purpose,
        ports,
        mode,
      )
      closers.push(() => store.close())
      return store
    },
    async bucket() {
      const saved = savedRepository(cluster.repositoryId, ports.state)
      const place = parseAddress(saved.address)
      if (place.kind !== 's3') return null
      const { credential } = saved.access
      return credential.source === 'vault' ? { place, pair: await secrets.s3(credential.id, use) } : null
    },
    async close() {
      ending.abort()
      await Promise.allSettled([
        ...closers.map(async (close) => close()),
        workers?.then(async (open) => open.close()),
      ])
    },
  }
}
