import { createHmac } from 'node:crypto'
import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { inTurn } from '../../../shared/domain/in-turn.ts'
import type { Clock } from '../../ports/clock.ts'
import type { SecretVault } from '../../ports/secret-vault.ts'
import { fromText, toText, type KeychainItem } from './keychain-item.ts'
import { loadKeytar, openKeychain, type NativeKeychain } from './native-keychain.ts'
import { systemSecretService, type SecretService } from './secret-service.ts'
import * as failures from './keychain-errors.ts'

export interface KeychainOptions {
  /** The state folder: keeps the mark that the keychain was set up. */
  readonly folder: string
  /** Two installations of one account do not see each other's secrets. */
  readonly installationSecret: Uint8Array
  readonly clock: Clock
  /** The keychain itself; left out: the operating system's. */
  readonly load?: () => Promise<NativeKeychain>
  readonly secretService?: SecretService
  readonly platform?: NodeJS.Platform
}

const service = 'holdfast'
const markFile = 'keychain.json'

/**
 * Secrets in the keychain of the operating system.
 *
 * A locked keyring that can ask nobody answers a lookup as if nothing were there. So an item that is always there, the
 * sentinel, is looked up whenever nothing was found: where it is missing too, and the mark in the state folder says that
 * it was written, the keychain is locked.
 *
 * A secret has two places, taken in turns: the old one goes only after the new one was read back. On macOS a
 * replacement is a removal and an addition, and not every keychain keeps what it is given.
 */
export function keychainVault(options: KeychainOptions): SecretVault {
  const { folder, installationSecret, clock, platform = process.platform } = options
  const desktop = options.secretService ?? systemSecretService
  const keychain = openKeychain(service, { load: options.load ?? loadKeytar, clock })
  const mark = join(folder, markFile)
  const namespace = createHmac('sha256', installationSecret).update('keychain').digest('hex').slice(0, 16)
  const sentinel = `${namespace}/sentinel`
  const turn = inTurn()
  let name = defaultName(platform)

  type State = Awaited<ReturnType<SecretVault['state']>>

  async function look(): Promise<State> {
    try {
      if (name === defaultName(platform)) name = (await desktop.name()) ?? name
      // First without a prompt.
      if ((await desktop.find(service, sentinel)) === 'locked') return lockedState()
      const found = await keychain.get(sentinel)
      if (found !== null) {
        if (!(await isMarked())) await writeMark()
        return { state: 'open' }
      }
      if (!(await isMarked())) return { state: 'empty' }
      return (await isGone()) ? { state: 'empty' } : lockedState()
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
      const { what, why } = error.text
      const reason = why === undefined ? what : `${what} ${why}`
      return { state: error.code === 'vault.locked' ? 'locked' : 'unavailable', reason }
    }
  }

  /** Emptied by other hands, and not merely locked. */
  async function isGone(): Promise<boolean> {
    return platform === 'linux' ? (await desktop.find(service, sentinel)) === 'absent' : true
  }

  function lockedState(): State {
    return { state: 'locked', reason: `The keychain (${name}) opens with the password of its owner.` }
  }

  async function demandOpen(): Promise<void> {
    const found = await look()
    if (found.state === 'locked') throw failures.locked(name, found.reason)
    if (found.state === 'unavailable') throw failures.unavailable(name, found.reason)
    if (found.state === 'empty') throw failures.notSetUp(name)
  }

  async function isMarked(): Promise<boolean> {
    return access(mark).then(
      () => true,
      () => false,
    )
  }

  async function writeMark(): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFileAtomic(mark, `${JSON.stringify({ schema: 1, namespace })}\n`, { mode: 0o600 })
  }

  function placesOf(id: string): readonly string[] {
    return [`${namespace}/${id}/a`, `${namespace}/${id}/b`]
  }

  /** Both places, the newest secret first, then what is damaged, then what is free. */
  async function read(id: string): Promise<readonly Place[]> {
    const places: Place[] = []
    for (const account of placesOf(id)) {
      const text = await keychain.get(account)
      const item = text === null ? null : fromText(account, text)
      places.push({ account, isTaken: text !== null, item })
    }
    return places.sort((a, b) => rank(b) - rank(a))
  }

  async function write(account: string, text: string): Promise<void> {
    try {
      await keychain.set(account, text)
    } catch (error) {
      // A keyring that is locked, or not there, looks like an empty one until it is written to.
      const found = await desktop.find(service, sentinel)
      if (found !== 'locked' && found !== 'unsure') throw error
      throw failures.locked(name, 'Its keyring is closed, or there is none yet.')
    }
  }

  async function put(id: string, secret: Uint8Array): Promise<void> {
    await demandOpen()
    const [newest, other] = await read(id)
    if (newest === undefined || other === undefined) return
    const generation = (newest.item?.generation ?? 0) + 1
    const item = { generation, secret: new Uint8Array(secret) }
    for (const { item: old } of [newest, other]) old?.secret.fill(0)
    try {
      const text = toText(other.account, item)
      await write(other.account, text)
      if ((await keychain.get(other.account)) !== text) {
        await keychain.remove(other.account)
        throw failures.notKept(name)
      }
    } finally {
      item.secret.fill(0)
    }
    if (newest.isTaken) await keychain.remove(newest.account)
  }

  async function get(id: string): Promise<Uint8Array<ArrayBuffer>> {
    const [newest, other] = await read(id)
    other?.item?.secret.fill(0)
    if (newest?.item) return newest.item.secret
    // Found nothing, or was not allowed to look.
    await demandOpen()
    throw newest?.isTaken === true ? failures.damaged(name) : failures.lost(name)
  }

  return {
    backend: 'keychain',
    get name() {
      return name
    },
    generation: null,
    state: () => turn(look),
    create: (passphrase) =>
      turn(async () => {
        if (passphrase !== null) throw failures.noPassphrase(name)
        const found = await look()
        if (found.state === 'open') throw failures.alreadySetUp(name)
        if (found.state !== 'empty') await demandOpen()
        const text = toText(sentinel, { generation: 1, secret: new Uint8Array() })
        await write(sentinel, text)
        if ((await keychain.get(sentinel)) !== text) throw failures.notKept(name)
        await writeMark()
      }),
    // The lookup makes the keychain ask its owner, where it can.
    unlock: () =>
      turn(async () => {
        await keychain.get(sentinel)
        await demandOpen()
      }),
    lock: async () => undefined,
    put: (id, secret) => turn(() => put(id, secret)),
    get: (id) => turn(() => get(id)),
    has: (id) =>
      turn(async () => {
        await demandOpen()
        const places = await read(id)
        for (const { item } of places) item?.secret.fill(0)
        return places.some(({ isTaken }) => isTaken)
      }),
    remove: (id) =>
      turn(async () => {
        await demandOpen()
        const places = await read(id)
        for (const { item } of places) item?.secret.fill(0)
        // The newest last: an older one must not come back.
        for (const { account, isTaken } of [...places].reverse()) if (isTaken) await keychain.remove(account)
      }),
    close: () => turn(async () => undefined),
  }
}

interface Place {
  readonly account: string
  readonly isTaken: boolean
  /** Null where nothing is there, or it is damaged. */
  readonly item: KeychainItem | null
}

function rank({ isTaken, item }: Place): number {
  return item?.generation ?? (isTaken ? 0 : -1)
}

function defaultName(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'macOS Keychain'
  if (platform === 'win32') return 'Windows Credential Manager'
  return 'the Secret Service'
}
