import type { VaultStatus } from '../../shared/contract/vault.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import type { AuditLog } from '../ports/audit-log.ts'
import type { DeskState } from '../ports/desk-state.ts'
import type { SecretVault } from '../ports/secret-vault.ts'
import type { Secrets } from '../ports/secrets.ts'
import { audited, demandWritable } from './audited.ts'
import { findRollback, noteGeneration } from './generations.ts'

type Backend = SecretVault['backend']
type Choices = VaultStatus['choices']

export interface VaultPlaceDeps {
  readonly desk: Pick<DeskState, 'vaultChoice' | 'settings' | 'readOnlyBecause'>
  readonly audit: AuditLog
  /** Makes the place that a backend stands for; called once for each. */
  readonly openVault: (backend: Backend, onAutoLock: () => void) => SecretVault
  readonly onChange: () => void
}

/** Where secrets are kept: as the operator chose, once. */
export type VaultPlace = Pick<Secrets, 'status' | 'choose' | 'unlock' | 'lock' | 'close'> & {
  /** Throws `vault.none` before a choice was made. */
  readonly chosen: () => SecretVault
}

export function vaultPlace({ desk, audit, openVault, onChange }: VaultPlaceDeps): VaultPlace {
  const places = new Map<Backend, SecretVault>()
  /** A sentence that stands as long as the place stays open. */
  let rollback: string | null = null

  function place(backend: Backend): SecretVault {
    const vault = places.get(backend) ?? openVault(backend, () => lockedItself(backend))
    places.set(backend, vault)
    return vault
  }

  function lockedItself(backend: Backend): void {
    // It is locked whether or not that can be written down.
    noteLock(place(backend), 'without use').catch(() => undefined)
    onChange()
  }

  async function noteLock(vault: SecretVault, why: string): Promise<void> {
    const facts = [{ name: 'why', value: why }]
    await audit.append({ action: 'vault.locked', subject: vault.name, facts })
  }

  function chosen(): SecretVault {
    const { backend } = desk.vaultChoice.get()
    if (backend !== 'none') return place(backend)
    throw new HoldfastError('vault.none', {
      what: 'It is not chosen yet where secrets are kept.',
      unchanged: 'Nothing was stored.',
      next: 'Choose a place for them in Settings.',
    })
  }

  async function choices(): Promise<Choices> {
    return Promise.all(
      (['keychain', 'sealedFile'] as const).map(async (backend) => {
        const vault = place(backend)
        const found = await vault.state()
        const isUsable = found.state !== 'unavailable'
        return { backend, usable: isUsable, name: vault.name, reason: isUsable ? null : found.reason }
      }),
    )
  }

  async function status(): Promise<VaultStatus> {
    const { backend } = desk.vaultChoice.get()
    if (backend === 'none') {
      return {
        state: 'none',
        backend: null,
        name: null,
        reason: null,
        choices: await choices(),
        autoLockMinutes: null,
      }
    }
    const vault = place(backend)
    const found = await vault.state()
    const isGone = found.state === 'empty'
    return {
      state: isGone ? 'unavailable' : found.state,
      backend,
      name: vault.name,
      reason: isGone
        ? `${vault.name} was set up for secrets and holds nothing any more: put it back, or choose anew and enter the secrets again.`
        : found.state === 'open'
          ? rollback
          : found.reason,
      choices: isGone ? await choices() : [],
      autoLockMinutes: backend === 'sealedFile' ? desk.settings.get().autoLockMinutes : null,
    }
  }

  async function opened(vault: SecretVault): Promise<void> {
    rollback = await findRollback(vault, audit)
    const action = rollback === null ? 'vault.unlocked' : 'vault.rolledBack'
    if (vault.generation === null) await audit.append({ action, subject: vault.name, facts: [] })
    else await noteGeneration(vault, action, audit)
  }

  async function unlock(vault: SecretVault, passphrase: string | null): Promise<void> {
    try {
      await vault.unlock(passphrase)
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'vault.wrongPassphrase') {
        await audit.append({ action: 'vault.unlockRefused', subject: vault.name, facts: [] })
      }
      throw error
    }
    try {
      await opened(vault)
    } catch (error) {
      await vault.lock()
      throw error
    }
  }

  return {
    chosen,
    status,
    async choose(choice) {
      demandWritable(desk)
      const before = desk.vaultChoice.get()
      if (before.backend !== 'none' && (await place(before.backend).state()).state !== 'empty') {
        throw alreadyChosen(place(before.backend).name)
      }
      const vault = place(choice.backend)
      const passphrase = choice.backend === 'sealedFile' ? choice.passphrase : null
      const found = await vault.state()
      if (found.state === 'unavailable') throw notUsable(vault.name, found.reason)
      // Set up by an earlier installation in this folder: it is taken over, if it opens.
      if (found.state === 'locked') await unlock(vault, passphrase)
      const facts = [
        { name: 'backend', value: choice.backend },
        { name: 'place', value: found.state === 'empty' ? 'new' : 'taken over' },
      ]
      await audited(audit, { action: 'vault.chosen', subject: vault.name, facts }, async () => {
        // First the choice: what a crash leaves behind is a place that is chosen and empty, which can be chosen again.
        await desk.vaultChoice.set({ backend: choice.backend })
        if (found.state !== 'empty') return
        try {
          await vault.create(passphrase)
        } catch (error) {
          await desk.vaultChoice.set(before)
          throw error
        }
        await noteGeneration(vault, 'vault.created', audit)
      })
      onChange()
      return status()
    },
    async unlock(passphrase) {
      await unlock(chosen(), passphrase)
      onChange()
      return status()
    },
    async lock() {
      const vault = chosen()
      await vault.lock()
      rollback = null
      onChange()
      await noteLock(vault, 'by the operator')
      return status()
    },
    async close() {
      await Promise.all([...places.values()].map((vault) => vault.close()))
    },
  }
}

function alreadyChosen(name: string): HoldfastError {
  return new HoldfastError('usage', {
    what: `Secrets are kept in ${name} already.`,
    unchanged: 'Nothing was changed.',
    next: 'Unlock it where it is locked.',
  })
}

function notUsable(name: string, reason: string): HoldfastError {
  return new HoldfastError('vault.unavailable', {
    what: `Secrets cannot be kept in ${name}.`,
    why: reason,
    unchanged: 'Nothing was stored, and no other place was taken instead.',
    next: 'Mend that, or choose the other place.',
  })
}
