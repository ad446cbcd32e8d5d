import type { Credential, NewSecret } from '../../shared/contract/vault.ts'
import { HoldfastError, isHoldfastError } from '../../shared/domain/error.ts'
import { names } from '../../shared/domain/names.ts'
import type { AuditLog } from '../ports/audit-log.ts'
import type { Clock } from '../ports/clock.ts'
import type { DeskState, SavedCredential } from '../ports/desk-state.ts'
import type { Log } from '../ports/log.ts'
import type { Random } from '../ports/random.ts'
import type { SecretVault } from '../ports/secret-vault.ts'
import type { Secrets } from '../ports/secrets.ts'
import { audited, demandWritable } from './audited.ts'
import { noteGeneration } from './generations.ts'
import { hintOf, sensitiveParts, toValue, type ReadKeyFile, type SecretValue } from './secret-values.ts'

export interface CredentialsDeps {
  readonly desk: Pick<
    DeskState,
    'credentials' | 'clusters' | 'repositories' | 'settings' | 'vaultChoice' | 'readOnlyBecause'
  >
  readonly audit: AuditLog
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
  readonly log: Log
  readonly installationSecret: Uint8Array
  readonly readKeyFile: ReadKeyFile
  /** Throws `vault.none` before a choice was made. */
  readonly chosen: () => SecretVault
  readonly onChange: () => void
}

type Credentials = Pick<Secrets, 'list' | 'add' | 'replace' | 'rename' | 'remove'>

/** What the window may know of secrets, and what it may do to them. */
export function credentials(deps: CredentialsDeps): Credentials {
  const { desk, audit, clock, random, log, installationSecret, chosen, onChange } = deps

  function shown(saved: SavedCredential, isThere: boolean): Credential {
    return { ...saved, usedBy: usersOf(saved.id, desk), isThere }
  }

  /** Of a place that is closed nothing is known, and "lost" would be a lie. */
  async function isThere({ id }: SavedCredential): Promise<boolean> {
    try {
      const isOpen = desk.vaultChoice.get().backend !== 'none' && (await chosen().state()).state === 'open'
      return isOpen ? await chosen().has(id) : true
    } catch (error) {
      if (isHoldfastError(error)) return true
      throw error
    }
  }

  /** The secret as the vault keeps it, wiped when `work` has ended. */
  async function withValue<T>(secret: NewSecret, work: (value: SecretValue) => Promise<T>): Promise<T> {
    const value = await toValue(secret, deps.readKeyFile)
    try {
      for (const part of sensitiveParts(value, 'the new secret')) log.neverWrite(part)
      return await work(value)
    } finally {
      value.bytes.fill(0)
    }
  }

  async function demandOpen(vault: SecretVault): Promise<void> {
    const found = await vault.state()
    if (found.state === 'open') return
    throw new HoldfastError(found.state === 'locked' ? 'vault.locked' : 'vault.unavailable', {
      what: `${vault.name} is ${found.state === 'locked' ? 'locked' : 'not available'}.`,
      ...('reason' in found && { why: found.reason }),
      unchanged: 'Nothing was changed.',
      next: found.state === 'locked' ? 'Unlock it first.' : 'Mend that first.',
    })
  }

  return {
    list: async () =>
      Promise.all(desk.credentials.list().map(async (saved) => shown(saved, await isThere(saved)))),
    async add(label, secret) {
      demandWritable(desk)
      const vault = chosen()
      return withValue(secret, async (value) => {
        await demandOpen(vault)
        const id = `${value.kind === 'masterKey' ? 'key' : value.kind}-${Buffer.from(random.bytes(8)).toString('hex')}`
        const saved: SavedCredential = {
          id,
          kind: value.kind,
          label,
          hint: hintOf(value, label, installationSecret),
          addedAt: new Date(clock.now()).toISOString(),
          usedAt: null,
        }
        await audited(audit, event('secret.added', saved), async () => {
          // First the record: what a crash leaves behind is a credential without its secret, which can be seen and removed.
          await desk.credentials.put(saved)
          try {
            await vault.put(id, value.bytes)
          } catch (error) {
            await desk.credentials.remove(id)
            throw error
          }
          await noteGeneration(vault, 'vault.saved', audit)
        })
        onChange()
        return shown(saved, true)
      })
    },
    async replace(id, secret) {
      demandWritable(desk)
      const before = demandCredential(id, desk)
      const vault = chosen()
      return withValue(secret, async (value) => {
        if (value.kind !== before.kind) throw otherKind(before)
        await demandOpen(vault)
        const saved = { ...before, hint: hintOf(value, before.label, installationSecret) }
        await audited(audit, event('secret.replaced', saved), async () => {
          await vault.put(id, value.bytes)
          await desk.credentials.put(saved)
          await noteGeneration(vault, 'vault.saved', audit)
        })
        onChange()
        return shown(saved, true)
      })
    },
    async rename(id, label) {
      demandWritable(desk)
      const before = demandCredential(id, desk)
      const saved = { ...before, label }
      const renamed = event('secret.renamed', saved)
      const facts = [...renamed.facts, { name: 'before', value: before.label }]
      await audited(audit, { ...renamed, facts }, () => desk.credentials.put(saved))
      onChange()
      return shown(saved, await isThere(saved))
    },
    async remove(id) {
      demandWritable(desk)
      const saved = demandCredential(id, desk)
      const users = usersOf(id, desk)
      if (users.length > 0) throw inUse(saved, users)
      const vault = chosen()
      await demandOpen(vault)
      await audited(audit, event('secret.removed', saved), async () => {
        await vault.remove(id)
        await desk.credentials.remove(id)
        await noteGeneration(vault, 'vault.saved', audit)
      })
      onChange()
    },
  }
}

/** Throws `credential.notFound`. */
export function demandCredential(id: string, desk: Pick<DeskState, 'credentials'>): SavedCredential {
  const saved = desk.credentials.get(id)
  if (saved !== null) return saved
  throw new HoldfastError('credential.notFound', {
    what: `There is no credential ${id}.`,
    why: 'It was removed, or it belongs to another installation.',
    next: 'Choose another one in the settings of the cluster or repository.',
  })
}

function event(action: string, { id, kind, label, hint }: SavedCredential) {
  const facts = [
    { name: 'credential', value: id },
    { name: 'kind', value: kind },
    { name: 'hint', value: hint },
  ]
  return { action, subject: label, facts }
}

function usersOf(
  id: string,
  { clusters, repositories, settings }: Pick<DeskState, 'clusters' | 'repositories' | 'settings'>,
): string[] {
  const anchor = settings.get().auditAnchor?.access.credential
  return [
    ...clusters
      .list()
      .filter(({ masterKeys, connection }) => masterKeys.includes(id) || names(connection, id)),
    ...repositories
      .list()
      .filter(({ access: { credential } }) => credential.source === 'vault' && credential.id === id),
  ]
    .map(({ name }) => name)
    .concat(anchor?.source === 'vault' && anchor.id === id ? ['the anchors of the audit chain'] : [])
}

function inUse({ label }: SavedCredential, users: readonly string[]): HoldfastError {
  return new HoldfastError('credential.inUse', {
    what: `The credential ${label} is in use by ${users.join(', ')}.`,
    unchanged: 'It was not removed.',
    next: 'Give them another credential first.',
  })
}

function otherKind({ label, kind }: SavedCredential): HoldfastError {
  const names = {
    s3: 'an S3 key pair',
    masterKey: 'a master key',
    login: 'a login',
    token: 'a token',
    password: 'a password',
  }
  return new HoldfastError('usage', {
    what: `The credential ${label} is ${names[kind]}, and can only be replaced by another one.`,
    unchanged: 'It was left as it is.',
    next: 'Add a new credential instead.',
  })
}
