import { expect, test } from 'vitest'
import { isPublicOnly, keyLikeContent, keyLikeName } from '../../../../src/shared/domain/key-like.ts'

test.each([
  'master.key',
  'prod/.master-key-bootstrap',
  'MASTER_KEY.txt',
  'chango-root-secret',
  'x/tls.pem',
  'store.jks',
  '.ssh/id_rsa',
  'id_ed25519_sk',
  'unseal-keys.json',
  'prod.env',
  '.env.production',
  '.pgpass',
  'credentials.csv',
  'pgbackrest.conf',
  'keys.txt',
])('%s is named as a key', (key) => {
  expect(keyLikeName(key)).not.toBeNull()
})

test.each([
  '20261110T020000Z-aaaaaaaa/kms.enc',
  '20261110T020000Z-aaaaaaaa/manifest.json',
  'id_rsa.pub',
  'monkey',
  'keys/20261110.tar.gz',
  'snapshot.tar',
  'archive/db/15-1/0000000100000000/000000010000000000000001-abc.gz',
  'backup.info',
  'environment.json',
])('%s is not', (key) => {
  expect(keyLikeName(key)).toBeNull()
})

test.each([
  '-----BEGIN PRIVATE KEY-----\n',
  'x\n-----BEGIN RSA PRIVATE KEY-----\n',
  '-----BEGIN OPENSSH PRIVATE KEY-----',
  '-----BEGIN PGP PRIVATE KEY BLOCK-----',
  '# created\nAGE-SECRET-KEY-1QQQ',
  'export KIOK_MASTER_KEY=abc',
  'aws_secret_access_key = abc',
  'repo1-cipher-pass=abc',
])('%j holds a key', (text) => {
  expect(keyLikeContent(text)).not.toBeNull()
})

test('A certificate, a public key and a manifest hold none', () => {
  const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
  expect(keyLikeContent(certificate)).toBeNull()
  expect(keyLikeContent('{"store":"kms","sha256":"00"}')).toBeNull()
  expect(isPublicOnly(certificate)).toBe(true)
  expect(isPublicOnly(`${certificate}-----BEGIN PRIVATE KEY-----\n`)).toBe(false)
  expect(isPublicOnly('anything else')).toBe(false)
})
