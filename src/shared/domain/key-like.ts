/**
 * What keys and secrets look like by their names, each with what such a file is. A backup and the key that opens it in one place
 * are both halves for whoever gets at the place.
 */
const names: readonly (readonly [RegExp, string])[] = [
  [/^\.?master[-_.]?key/, 'named as a master key'],
  [/\.master-key$/, 'named as a master key'],
  [/root[-_.]?secret/, 'named as a root secret'],
  [/(unseal|recovery)[-_.]?keys?/, 'named as an unseal or recovery key'],
  [/\.key$/, 'named as a key file'],
  [/\.(pem|ppk)$/, 'named as a private key or certificate'],
  [/^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/, 'named as an SSH private key'],
  [/\.(jks|jceks|keystore|p12|pfx|bcfks)$/, 'named as a key store'],
  [/\.(kdbx|kdb)$/, 'named as a password safe'],
  [/^(age-?)?keys?\.txt$/, 'named as an age key'],
  [/^secring\.gpg$/, 'named as a GnuPG private keyring'],
  [/^\.?vault[-_.]?(token|pass(word)?)(\.txt)?$/, 'named as a vault token or password'],
  [/^(\.env(\..+)?|.+\.env)$/, 'named as an environment file, where secrets are put'],
  [/^\.?pgpass$/, 'named as a file of database passwords'],
  [/^pgbackrest\.conf$/, 'the settings of pgBackRest, which hold the passphrase of its repositories'],
  [/^(credentials|secrets?)(\.(json|ya?ml|toml|ini|txt|csv))?$/, 'named as a file of credentials'],
  [/^(admin|kube)[-_.]?(kube)?config$/, 'named as credentials of a Kubernetes cluster'],
]

/** Why a key of a repository looks like a key by its name; null where it does not. */
export function keyLikeName(key: string): string | null {
  const name = key.slice(key.lastIndexOf('/') + 1).toLowerCase()
  return names.find(([form]) => form.test(name))?.[1] ?? null
}

const contents: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/, 'holds a private key'],
  [/AGE-SECRET-KEY-1/, 'holds an age private key'],
  [/^PuTTY-User-Key-File-\d/m, 'holds a PuTTY private key'],
  [
    /^\s*(?:export\s+)?[A-Z0-9_]*(?:MASTER_KEY|ROOT_SECRET|SECRET_ACCESS_KEY)\s*=\s*\S/im,
    'sets a key or secret',
  ],
  [/^\s*repo\d+-cipher-pass\s*=\s*\S/m, 'sets the passphrase of a pgBackRest repository'],
]

/** Why a small object is a key by what it holds; null where nothing in it says so. Nothing of the content is repeated. */
export function keyLikeContent(text: string): string | null {
  return contents.find(([form]) => form.test(text))?.[1] ?? null
}

/** Certificates and public keys have the names of private ones, and are none. */
export function isPublicOnly(text: string): boolean {
  return (
    /-----BEGIN (CERTIFICATE|TRUSTED CERTIFICATE|(RSA )?PUBLIC KEY|X509 CRL)-----/.test(text) &&
    keyLikeContent(text) === null
  )
}
