import * as z from 'zod'
import { base } from './base.ts'
import { id, secret, time } from './values.ts'

export const vaultBackend = z.enum(['keychain', 'sealedFile'])

/**
 * `none`: no place was chosen yet. `locked`: it is there and closed. `unavailable`: chosen, but it does not answer;
 * `reason` says in which way. Nothing is ever kept in plain text.
 */
export const vaultStatus = z.object({
  state: z.enum(['none', 'locked', 'open', 'unavailable']),
  backend: vaultBackend.nullable(),
  /** The place's own name: "GNOME Keyring", the path of the sealed file. */
  name: z.string().nullable(),
  reason: z.string().nullable(),
  /** What could be chosen here, with a sentence for what could not. */
  choices: z.array(
    z.object({ backend: vaultBackend, usable: z.boolean(), name: z.string(), reason: z.string().nullable() }),
  ),
  /** Minutes without use after which a sealed file locks itself. */
  autoLockMinutes: z.number().nullable(),
})
export type VaultStatus = z.infer<typeof vaultStatus>

/** `login`: a name and its password. `password`: one that stands alone, such as sudo's or a key file's passphrase. */
export const credentialKind = z.enum(['s3', 'masterKey', 'login', 'token', 'password'])
export type CredentialKind = z.infer<typeof credentialKind>

/** All that the window ever sees of a secret. */
export const credential = z.object({
  id,
  kind: credentialKind,
  label: z.string(),
  /** `s3`: the access key id, shortened; `login`: the name; else the fingerprint of this installation, eight hex digits. */
  hint: z.string(),
  addedAt: time,
  usedAt: time.nullable(),
  /** Names of the clusters and repositories that use it. */
  usedBy: z.array(z.string()),
  /** False where the vault has lost it. */
  isThere: z.boolean(),
})
export type Credential = z.infer<typeof credential>

/** What is put in, once. */
export const newSecret = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('s3'),
    accessKeyId: z.string().min(1).max(256),
    secretAccessKey: secret,
    sessionToken: secret.optional(),
  }),
  z.strictObject({ kind: z.literal('masterKey'), key: secret }),
  /** Read by the console itself; the file must be readable by its owner alone. */
  z.strictObject({ kind: z.literal('masterKeyFile'), path: z.string().min(1).max(4096) }),
  z.strictObject({ kind: z.literal('login'), user: z.string().min(1).max(256), password: secret }),
  z.strictObject({ kind: z.literal('token'), token: secret }),
  z.strictObject({ kind: z.literal('password'), password: secret }),
])
export type NewSecret = z.infer<typeof newSecret>

const label = z.string().trim().min(1).max(120)

export const vault = {
  status: base.output(vaultStatus),
  /** Chooses where secrets are kept, once, by the operator's own decision; a sealed file needs a passphrase of its own. */
  choose: base
    .input(
      z.discriminatedUnion('backend', [
        z.strictObject({ backend: z.literal('keychain') }),
        z.strictObject({ backend: z.literal('sealedFile'), passphrase: secret }),
      ]),
    )
    .output(vaultStatus),
  unlock: base.input(z.strictObject({ passphrase: secret.optional() })).output(vaultStatus),
  lock: base.output(vaultStatus),
  credentials: base.output(z.array(credential)),
  add: base.input(z.strictObject({ label, secret: newSecret })).output(credential),
  /** The old secret is gone for good. Refused where the kind is another. */
  replace: base.input(z.strictObject({ id, secret: newSecret })).output(credential),
  rename: base.input(z.strictObject({ id, label })).output(credential),
  /** Refused while something uses it. */
  remove: base.input(z.strictObject({ id })).output(z.object({})),
}
