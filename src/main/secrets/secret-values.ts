import type { NewSecret } from '../../shared/contract/vault.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import { HeldMasterKey, lengthWithoutLineEnding } from '../engine/master-key.ts'
import type { CredentialKind } from '../../shared/contract/vault.ts'
import type { Login, S3KeyPair } from '../ports/secrets.ts'
import { jsonOrNull } from '../../shared/domain/strict-json.ts'

/** Reads a key file, or refuses one that others can read. The caller wipes what it gets. */
export type ReadKeyFile = (path: string) => Promise<Uint8Array>

/** A secret as the vault keeps it. */
export interface SecretValue {
  readonly kind: CredentialKind
  /** Wiped after use. */
  readonly bytes: Uint8Array
}

export async function toValue(secret: NewSecret, readKeyFile: ReadKeyFile): Promise<SecretValue> {
  switch (secret.kind) {
    case 's3': {
      const { accessKeyId, secretAccessKey, sessionToken = null } = secret
      const pair: S3KeyPair = { accessKeyId, secretAccessKey, sessionToken }
      for (const text of [accessKeyId, secretAccessKey, sessionToken ?? '']) demandWellFormed(text)
      return { kind: 's3', bytes: ownBytes(JSON.stringify(pair)) }
    }
    case 'masterKey':
      demandWellFormed(secret.key)
      return masterKeyValue(ownBytes(secret.key))
    case 'masterKeyFile':
      return masterKeyValue(await readKeyFile(secret.path))
    case 'login': {
      const login: Login = { user: secret.user, password: secret.password }
      for (const text of [login.user, login.password]) demandWellFormed(text)
      return { kind: 'login', bytes: ownBytes(JSON.stringify(login)) }
    }
    case 'token':
      demandWellFormed(secret.token)
      return { kind: 'token', bytes: ownBytes(secret.token) }
    case 'password':
      demandWellFormed(secret.password)
      return { kind: 'password', bytes: ownBytes(secret.password) }
  }
}

/** Throws `vault.damaged` where the bytes are not a pair that was put in. */
export function toS3KeyPair(bytes: Uint8Array, label: string): S3KeyPair {
  const value: unknown = jsonOrNull(new TextDecoder().decode(bytes))
  if (typeof value === 'object' && value !== null) {
    const { accessKeyId, secretAccessKey, sessionToken }: Partial<Record<keyof S3KeyPair, unknown>> = value
    if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string') {
      return {
        accessKeyId,
        secretAccessKey,
        sessionToken: typeof sessionToken === 'string' ? sessionToken : null,
      }
    }
  }
  throw new HoldfastError('vault.damaged', {
    what: `What the vault holds for ${label} is no S3 key pair.`,
    next: 'Replace the credential.',
  })
}

/** Throws `vault.damaged` where the bytes are not a login that was put in. */
export function toLogin(bytes: Uint8Array, label: string): Login {
  const value: unknown = jsonOrNull(toText(bytes))
  if (typeof value === 'object' && value !== null) {
    const { user, password }: Partial<Record<keyof Login, unknown>> = value
    if (typeof user === 'string' && typeof password === 'string') return { user, password }
  }
  throw new HoldfastError('vault.damaged', {
    what: `What the vault holds for ${label} is no login.`,
    next: 'Replace the credential.',
  })
}

export function toText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

/** What may stand in a file and on a screen. */
export function hintOf({ kind, bytes }: SecretValue, label: string, installationSecret: Uint8Array): string {
  if (kind === 's3') return shortened(toS3KeyPair(bytes, label).accessKeyId)
  if (kind === 'login') return toLogin(bytes, label).user
  const key = new HeldMasterKey(bytes, label)
  try {
    return key.fingerprint(installationSecret).slice(0, 8)
  } finally {
    key.close()
  }
}

/** What a log must never show. */
export function sensitiveParts(
  { kind, bytes }: SecretValue,
  label: string,
): readonly (Uint8Array | string)[] {
  if (kind === 'login') return [toLogin(bytes, label).password]
  if (kind !== 's3') return [bytes]
  const { secretAccessKey, sessionToken } = toS3KeyPair(bytes, label)
  return sessionToken === null ? [secretAccessKey] : [secretAccessKey, sessionToken]
}

/** An access key id is no secret, and yet needs no place in full. */
function shortened(accessKeyId: string): string {
  return accessKeyId.length > 12
    ? `${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}`
    : accessKeyId.slice(0, 4)
}

function masterKeyValue(bytes: Uint8Array): SecretValue {
  const length = lengthWithoutLineEnding(bytes)
  if (length === 0) {
    throw new HoldfastError('usage', {
      what: 'The master key is empty.',
      unchanged: 'Nothing was stored.',
      next: 'Give the key itself, or the file that holds it.',
    })
  }
  return { kind: 'masterKey', bytes: bytes.subarray(0, length) }
}

/** A lone surrogate has no UTF-8: it would silently become another character. */
function demandWellFormed(text: string): void {
  if (text.isWellFormed()) return
  throw new HoldfastError('usage', {
    what: 'The secret has half a character in it.',
    why: 'Its text was cut, or copied from a program that broke it.',
    unchanged: 'Nothing was stored.',
    next: 'Copy it again from where it was made.',
  })
}

/** Not `Buffer.from`: a small one would share the pool with unrelated data, and keep a copy there. */
function ownBytes(text: string): Uint8Array {
  const bytes = Buffer.alloc(Buffer.byteLength(text, 'utf8'))
  bytes.write(text, 'utf8')
  return bytes
}
