import { HoldfastError, isHoldfastError } from '../../shared/domain/error.ts'
import { inTurn } from '../../shared/domain/in-turn.ts'
import { HeldMasterKey } from '../engine/master-key.ts'
import type { SavedCredential } from '../ports/desk-state.ts'
import type { Secrets, SecretUse } from '../ports/secrets.ts'
import { credentials, demandCredential, type CredentialsDeps } from './credentials.ts'
import { noteUses } from './secret-uses.ts'
import { hintOf, sensitiveParts, toLogin, toS3KeyPair, toText } from './secret-values.ts'
import { vaultPlace, type VaultPlaceDeps } from './vault-place.ts'

export type SecretsDeps = Omit<CredentialsDeps, 'chosen'> & VaultPlaceDeps

export function openSecrets(deps: SecretsDeps): Secrets {
  const { desk, audit, clock, log, installationSecret } = deps
  const place = vaultPlace(deps)
  const known = credentials({ ...deps, chosen: place.chosen })
  const noteUse = noteUses(audit, clock)
  /** Of two changes at once the second sees what the first has done. */
  const turn = inTurn()

  /** The bytes are wiped once `take` has what it needs of them. */
  async function use<T>(
    id: string,
    kind: SavedCredential['kind'],
    purpose: SecretUse,
    take: (bytes: Uint8Array, label: string) => T,
  ): Promise<T> {
    const saved = demandCredential(id, desk)
    if (saved.kind !== kind) throw notOfKind(saved, kind)
    const bytes = await place
      .chosen()
      .get(id)
      .catch((error: unknown) => {
        throw isHoldfastError(error, 'vault.lost') ? lost(saved, error) : error
      })
    try {
      for (const part of sensitiveParts({ kind, bytes }, saved.label)) log.neverWrite(part)
      const isNoted = await noteUse(saved, purpose)
      const taken = take(bytes, saved.label)
      if (isNoted) await saveUse(id, hintOf({ kind, bytes }, saved.label, installationSecret))
      return taken
    } finally {
      bytes.fill(0)
    }
  }

  async function saveUse(id: string, hint: string): Promise<void> {
    // Another instance holds the state: the chain has the use nevertheless.
    if (desk.readOnlyBecause !== null) return
    await turn(async () => {
      const saved = desk.credentials.get(id)
      if (saved === null) return
      await desk.credentials.put({ ...saved, hint, usedAt: new Date(clock.now()).toISOString() })
    })
  }

  return {
    status: place.status,
    choose: (choice) => {
      if (choice.backend === 'sealedFile') log.neverWrite(choice.passphrase)
      return turn(() => place.choose(choice))
    },
    unlock: (passphrase) => {
      if (passphrase !== null) log.neverWrite(passphrase)
      return turn(() => place.unlock(passphrase))
    },
    lock: () => turn(() => place.lock()),
    list: () => known.list(),
    add: (label, secret) => turn(() => known.add(label, secret)),
    replace: (id, secret) => turn(() => known.replace(id, secret)),
    rename: (id, label) => turn(() => known.rename(id, label)),
    remove: (id) => turn(() => known.remove(id)),
    s3: (id, purpose) => use(id, 's3', purpose, toS3KeyPair),
    login: (id, purpose) => use(id, 'login', purpose, toLogin),
    token: (id, purpose) => use(id, 'token', purpose, toText),
    password: (id, purpose) => use(id, 'password', purpose, toText),
    masterKey: (id, purpose) =>
      use(id, 'masterKey', purpose, (bytes, label) => new HeldMasterKey(bytes, label)),
    async noteElsewhere({ kind, place: label }, purpose) {
      await noteUse({ id: null, kind, label }, purpose)
    },
    close: () => turn(() => place.close()),
  }
}

function notOfKind({ label }: SavedCredential, wanted: SavedCredential['kind']): HoldfastError {
  const names = {
    s3: 'S3 key pair',
    masterKey: 'master key',
    login: 'login',
    token: 'token',
    password: 'password',
  }
  return new HoldfastError('credential.notFound', {
    what: `The credential ${label} is no ${names[wanted]}.`,
    next: 'Choose another one in the settings of the cluster or repository.',
  })
}

function lost({ label }: SavedCredential, cause: unknown): HoldfastError {
  return new HoldfastError(
    'vault.lost',
    {
      what: `The secret of the credential ${label} is not in the vault any more.`,
      why: 'It was removed there by other hands, or an older copy of the vault was put back.',
      next: 'Replace the credential with the secret itself.',
    },
    { cause },
  )
}
