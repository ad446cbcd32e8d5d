import { expect } from 'vitest'
import type { SecretVault } from '../../src/main/ports/secret-vault.ts'
import { seededBytes } from '../fakes/seeded-bytes.ts'
import { failure } from './store-helpers.ts'

export interface VaultUnderTest {
  /** Opens the place anew, as another process would; at first it was never set up. */
  open(): Promise<SecretVault>
  readonly passphrase: string | null
  cleanUp(): Promise<void>
}

/** What some places do and others do not. */
export interface VaultTraits {
  readonly takesPassphrase: boolean
  readonly countsSaves: boolean
}

interface Promised {
  readonly sentence: string
  /** Left out: all places promise it. */
  readonly only?: keyof VaultTraits
  readonly check: (under: VaultUnderTest) => Promise<void>
}

const text = (value: string) => new TextEncoder().encode(value)

async function created(under: VaultUnderTest): Promise<SecretVault> {
  const vault = await under.open()
  await vault.create(under.passphrase)
  return vault
}

const secrets: readonly (readonly [string, Uint8Array])[] = [
  ['empty', new Uint8Array()],
  ['zero-inside', text('a\0b')],
  ['zero-last', text('a\0')],
  ['all-zero', new Uint8Array(32)],
  ['lone-surrogate', Uint8Array.of(0xed, 0xa0, 0x80)],
  ['not-utf8', Uint8Array.of(0xff, 0xfe, 0x80)],
  ['line-ends', text('\r\na\n')],
  ['not-normal', text('e\u0301 \u00e9')],
  ['one', text('x')],
  ['64-kib', seededBytes('secret', 64 * 1024)],
]

/** Every promise of the port `SecretVault`. Each implementation and each fake keeps them. */
export const vaultPromises: readonly Promised[] = [
  {
    sentence: 'a place that was never set up is empty, and creating it opens it',
    async check(under) {
      const vault = await under.open()
      expect(await vault.state()).toEqual({ state: 'empty' })
      await vault.create(under.passphrase)
      expect(await vault.state()).toEqual({ state: 'open' })
      expect(vault.name).not.toBe('')
    },
  },
  {
    sentence: 'what was put is got back, byte for byte, also by the next process',
    async check(under) {
      const vault = await created(under)
      for (const [id, secret] of secrets) await vault.put(id, secret)
      for (const [id, secret] of secrets)
        expect(Buffer.from(await vault.get(id)), id).toEqual(Buffer.from(secret))
      await vault.close()
      const next = await under.open()
      await next.unlock(under.passphrase)
      for (const [id, secret] of secrets)
        expect(Buffer.from(await next.get(id)), id).toEqual(Buffer.from(secret))
      await next.close()
    },
  },
  {
    sentence: 'the secret that was put stays the caller’s, and the one that was got is his to wipe',
    async check(under) {
      const vault = await created(under)
      // Whose `slice` is a view, not a copy.
      const secret = Buffer.from('a secret')
      await vault.put('one', secret)
      expect(secret.toString()).toBe('a secret')
      secret.fill(0)
      ;(await vault.get('one')).fill(0)
      expect(Buffer.from(await vault.get('one')).toString()).toBe('a secret')
    },
  },
  {
    sentence: 'a second secret under an id replaces the first, and no other',
    async check(under) {
      const vault = await created(under)
      await vault.put('one', text('first'))
      await vault.put('other', text('untouched'))
      for (const value of ['second', 'third', 'a longer fourth', '']) {
        await vault.put('one', text(value))
        expect(Buffer.from(await vault.get('one')).toString()).toBe(value)
      }
      expect(Buffer.from(await vault.get('other')).toString()).toBe('untouched')
    },
  },
  {
    sentence: 'what was removed, or never put, is lost, and nothing else is',
    async check(under) {
      const vault = await created(under)
      await vault.put('one', text('1'))
      await vault.put('two', text('2'))
      await vault.remove('one')
      await vault.remove('one')
      expect([await vault.has('one'), await vault.has('two'), await vault.has('never')]).toEqual([
        false,
        true,
        false,
      ])
      await failure(vault.get('one'), 'vault.lost')
      await failure(vault.get('never'), 'vault.lost')
      expect(Buffer.from(await vault.get('two')).toString()).toBe('2')
    },
  },
  {
    sentence: 'a place that is set up is not set up again',
    async check(under) {
      const vault = await created(under)
      await vault.put('one', text('1'))
      await failure(vault.create(under.passphrase), 'vault.unavailable')
      const next = await under.open()
      await failure(next.create(under.passphrase), 'vault.unavailable')
      expect(Buffer.from(await vault.get('one')).toString()).toBe('1')
    },
  },
  {
    sentence: 'calls at once do not lose each other’s secrets',
    async check(under) {
      const vault = await created(under)
      const ids = Array.from({ length: 12 }, (_, index) => `id-${index}`)
      await Promise.all(ids.map((id) => vault.put(id, text(`secret of ${id}`))))
      for (const id of ids) expect(Buffer.from(await vault.get(id)).toString()).toBe(`secret of ${id}`)
    },
  },
  {
    sentence:
      'a place that takes a passphrase is locked until it is given, and gives, takes and tells nothing',
    only: 'takesPassphrase',
    async check(under) {
      const vault = await created(under)
      await vault.put('one', text('1'))
      await vault.lock()
      for (const locked of [vault, await under.open()]) {
        expect(await locked.state()).toMatchObject({ state: 'locked' })
        await failure(locked.get('one'), 'vault.locked')
        await failure(locked.has('one'), 'vault.locked')
        await failure(locked.put('one', text('2')), 'vault.locked')
        await failure(locked.remove('one'), 'vault.locked')
        await failure(locked.unlock(`${under.passphrase}.`), 'vault.wrongPassphrase')
        expect(await locked.state()).toMatchObject({ state: 'locked' })
      }
      await vault.unlock(under.passphrase)
      expect(await vault.state()).toEqual({ state: 'open' })
      expect(Buffer.from(await vault.get('one')).toString()).toBe('1')
    },
  },
  {
    sentence: 'a place that counts its saves counts each one',
    only: 'countsSaves',
    async check(under) {
      const vault = await created(under)
      const first = vault.generation
      if (first === null) throw new Error('it does not count')
      await vault.put('one', text('1'))
      await vault.put('one', text('1'))
      await vault.remove('one')
      await vault.remove('one')
      expect(vault.generation).toBe(first + 3)
    },
  },
]
