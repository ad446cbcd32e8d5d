/**
 * A process that keeps secrets as the application does, without a desktop session: says what it is told, as JSON, and
 * waits for its end so that it can be looked at from outside. The secrets come over standard input.
 */
import { readdir } from 'node:fs/promises'
import { json } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { openAuditLog } from '../../src/main/adapters/audit-file/open-audit-log.ts'
import { readKeyFile } from '../../src/main/adapters/key-file/read-key-file.ts'
import { openDeskState } from '../../src/main/adapters/saved-state/open-desk-state.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'
import { openVaultIn } from '../../src/main/hosts/open-vault.ts'
import { openSecrets } from '../../src/main/secrets/open-secrets.ts'
import { isHoldfastError } from '../../src/shared/domain/error.ts'
import { memoryLog } from '../fakes/memory-log.ts'

const [folder = ''] = process.argv.slice(2)
const { passphrase, secretAccessKey, sessionToken, masterKey } = (await json(process.stdin)) as Readonly<
  Record<'passphrase' | 'secretAccessKey' | 'sessionToken' | 'masterKey', string>
>
const clock = systemClock
const random = systemRandom
const installationSecret = random.bytes(32)
const desk = await openDeskState(folder, { clock })
const audit = openAuditLog(folder, { clock, random, actor: 'the test' })
const log = memoryLog()
const secrets = openSecrets({
  desk,
  audit,
  clock,
  random,
  log,
  installationSecret,
  readKeyFile,
  openVault: openVaultIn({ desk, installationSecret, clock, random }),
  onChange: () => {},
})

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'done',
    (error: unknown) => {
      if (!isHoldfastError(error)) throw error
      return { code: error.code, ...error.text }
    },
  )
}

async function files(): Promise<readonly string[]> {
  return readdir(folder)
}

const pair = { kind: 's3', accessKeyId: 'AKIAIOSFODNN7EXA7Q2M', secretAccessKey, sessionToken } as const
const use = { subject: 'kiok-prod', purpose: 'verify' }
const before = {
  status: await secrets.status(),
  add: await codeOf(secrets.add('pair', pair)),
  keychain: await codeOf(secrets.choose({ backend: 'keychain' })),
  short: await codeOf(secrets.choose({ backend: 'sealedFile', passphrase: 'short' })),
  after: await secrets.status(),
  files: await files(),
}
const chosen = await secrets.choose({ backend: 'sealedFile', passphrase })
const { id } = await secrets.add('pair', pair)
const key = await secrets.add('key', { kind: 'masterKey', key: masterKey })
await secrets.s3(id, use)
const held = await secrets.masterKey(key.id, use)
log.info('key', { held: inspect(held) })
held.close()
const wrong = await codeOf(secrets.unlock(`${passphrase}?`))
log.incident('unlock', wrong)
const told = {
  before,
  chosen,
  wrong,
  credentials: await secrets.list(),
  saved: desk.credentials.list(),
  audit: await audit.list({ limit: 100 }),
  log: log.lines,
  files: await files(),
}
console.log(JSON.stringify(told))
// Keeps the process until it is killed.
setInterval(() => {}, 60_000)
