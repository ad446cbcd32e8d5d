import type { SecretVault } from '../../../../src/main/ports/secret-vault.ts'
import { openSecrets, type SecretsDeps } from '../../../../src/main/secrets/open-secrets.ts'
import { memoryAuditLog } from '../../../fakes/audit-log.ts'
import { memoryDeskState } from '../../../fakes/desk-state.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'
import { memoryLog } from '../../../fakes/memory-log.ts'
import { memoryVault } from '../../../fakes/memory-vault.ts'
import { seededBytes } from '../../../fakes/seeded-bytes.ts'

export const passphrase = 'six random words are best'
export const somewhere = { subject: 'kiok-prod', purpose: 'verify' }
export const pair = {
  kind: 's3',
  accessKeyId: 'AKIAIOSFODNN7EXA7Q2M',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG',
} as const

/** The service over fakes, with all that a test looks at. */
export function deskOf(given: Partial<SecretsDeps> = {}) {
  const clock = fakeClock()
  const desk = memoryDeskState()
  const audit = memoryAuditLog(clock)
  const log = memoryLog()
  const vaults: Record<SecretVault['backend'], SecretVault> = {
    keychain: memoryVault('keychain'),
    sealedFile: memoryVault('sealedFile'),
  }
  let randoms = 0
  const changes: string[] = []
  const secrets = openSecrets({
    desk,
    audit,
    clock,
    log,
    random: { bytes: (length) => seededBytes(`random ${(randoms += 1)}`, length) },
    installationSecret: new Uint8Array(32).fill(7),
    readKeyFile: async () => new TextEncoder().encode('a key of a file\n'),
    openVault: (backend) => vaults[backend],
    onChange: () => void changes.push('vault'),
    ...given,
  })
  return {
    secrets,
    desk,
    audit,
    log,
    clock,
    vaults,
    changes,
    actions: () => audit.entries.map(({ action }) => action),
  }
}

/** The same, with a sealed file chosen. */
export async function chosenDesk(given: Partial<SecretsDeps> = {}) {
  const made = deskOf(given)
  await made.secrets.choose({ backend: 'sealedFile', passphrase })
  return made
}
