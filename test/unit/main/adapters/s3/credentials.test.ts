import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { findKeys, type Environment } from '../../../../../src/main/adapters/s3/credentials.ts'
import { failure, names, utf8 } from '../../../../conformance/store-helpers.ts'
import { answeringServer } from '../../../../fakes/answering-server.ts'
import { listing, storeAt, storeOver } from './s3-fixture.ts'

const home = mkdtempSync(join(tmpdir(), 'hf-aws-'))
const fromEnvironment = (environment: Environment) =>
  findKeys({ source: 'environment', environment: { HOME: home, ...environment } })
const fromProfile = (profile: string, environment: Environment = {}) =>
  findKeys({ source: 'profile', profile, environment: { HOME: home, ...environment } })

beforeAll(() => {
  mkdirSync(join(home, '.aws'))
  writeFileSync(
    join(home, '.aws', 'credentials'),
    `[default]
aws_access_key_id = AKDEFAULT
aws_secret_access_key = default+secret/=

[backup]
aws_access_key_id=AKBACKUP
aws_secret_access_key=backup-secret
aws_session_token=backup-token

[half]
aws_access_key_id = AKHALF
`,
  )
  writeFileSync(
    join(home, '.aws', 'config'),
    `[profile config-only]
aws_access_key_id = AKCONFIG
aws_secret_access_key = config-secret

[profile program]
credential_process = /bin/sh -c 'touch ${home}/was-run'

[profile program-and-keys]
credential_process = /bin/sh -c 'touch ${home}/was-run'
aws_access_key_id = AKBOTH
aws_secret_access_key = both-secret

[profile signed-in]
sso_start_url = https://example.awsapps.com/start
sso_account_id = 1

[profile role]
role_arn = arn:aws:iam::1:role/x
source_profile = default
`,
  )
})
afterAll(() => rmSync(home, { recursive: true }))

describe('keys are found', () => {
  test('in the environment first', async () => {
    expect(
      await fromEnvironment({
        AWS_ACCESS_KEY_ID: 'AKENV',
        AWS_SECRET_ACCESS_KEY: 'env-secret',
        AWS_SESSION_TOKEN: 'env-token',
        AWS_PROFILE: 'backup',
      }),
    ).toEqual({ accessKeyId: 'AKENV', secretAccessKey: 'env-secret', sessionToken: 'env-token' })
  })

  test('in the profile that the environment names, else in the default one', async () => {
    expect((await fromEnvironment({ AWS_PROFILE: 'backup' })).accessKeyId).toBe('AKBACKUP')
    expect(await fromEnvironment({})).toEqual({
      accessKeyId: 'AKDEFAULT',
      secretAccessKey: 'default+secret/=',
    })
  })

  test('in a profile that is named by the operator, whatever the environment has', async () => {
    const environment = {
      AWS_ACCESS_KEY_ID: 'AKENV',
      AWS_SECRET_ACCESS_KEY: 'env-secret',
      AWS_PROFILE: 'half',
    }
    expect(await fromProfile('backup', environment)).toEqual({
      accessKeyId: 'AKBACKUP',
      secretAccessKey: 'backup-secret',
      sessionToken: 'backup-token',
    })
    expect((await fromProfile('config-only')).accessKeyId).toBe('AKCONFIG')
  })

  test('in the files that the environment names', async () => {
    const file = join(home, 'other')
    writeFileSync(file, '[default]\naws_access_key_id=AKOTHER\naws_secret_access_key=s\n')
    expect((await fromEnvironment({ AWS_SHARED_CREDENTIALS_FILE: file })).accessKeyId).toBe('AKOTHER')
  })

  test('beside a program, which is not run', async () => {
    expect((await fromProfile('program-and-keys')).accessKeyId).toBe('AKBOTH')
  })
})

describe('repository.noCredentials says what was looked at', () => {
  test.each([
    ['program', /"credential_process".*not used/],
    ['signed-in', /"sso_start_url".*not used/],
    ['role', /"role_arn".*not used/],
    ['half', /no aws_access_key_id with an aws_secret_access_key/],
    ['nobody', /no profile "nobody"/],
    ['__proto__', /no/],
    ['constructor', /no/],
  ])('for the profile %s', async (profile, said) => {
    const error = await failure(fromProfile(profile), 'repository.noCredentials')
    expect(error.text.why).toMatch(said)
  })

  test('for half of a pair in the environment', async () => {
    const error = await failure(fromEnvironment({ AWS_ACCESS_KEY_ID: 'AKENV' }), 'repository.noCredentials')
    expect(error.text.why).toMatch(/only one is set/)
    await failure(fromEnvironment({ AWS_SECRET_ACCESS_KEY: 'canary' }), 'repository.noCredentials')
  })

  test('where there is nothing at all', async () => {
    await failure(
      findKeys({ source: 'environment', environment: { HOME: join(home, 'none') } }),
      'repository.noCredentials',
    )
  })
})

test('nothing in the environment or in the shared files leads a request anywhere else', async () => {
  const evil = await answeringServer((_request, response) => response.end(listing()))
  const traps = join(home, 'traps')
  writeFileSync(
    traps,
    `[default]
endpoint_url = ${evil.url}
region = trap-1
credential_process = /bin/sh -c 'touch ${home}/was-run'
services = trap
s3 =
  endpoint_url = ${evil.url}
  addressing_style = virtual
use_dualstack_endpoint = true
use_fips_endpoint = true
proxy = ${evil.url}

[services trap]
s3 =
  endpoint_url = ${evil.url}
`,
  )
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_STS', 'HTTP_PROXY', 'HTTPS_PROXY',
    'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy', 'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    'AWS_EC2_METADATA_SERVICE_ENDPOINT']) vi.stubEnv(name, evil.url) // prettier-ignore
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, traps)
  for (const name of ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT', 'NODE_USE_ENV_PROXY'])
    vi.stubEnv(name, 'true')
  vi.stubEnv('AWS_REGION', 'trap-2')
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await evil.close()
  })
  // No keys here: what the SDK would ask for them is not asked.
  await failure(
    storeAt('http://127.0.0.1:1', { credentials: { source: 'environment', environment: process.env } }),
    'repository.noCredentials',
  )
  const { store, server } = await storeOver((request, response) => {
    if (request.query.has('list-type')) response.end(listing())
    else response.writeHead(200, { etag: '"e1"', 'content-length': '0' }).end()
  })
  await names(store)
  await store.put('a', utf8('x'))
  await store.head('a')
  expect(server.requests).toHaveLength(3)
  expect(server.requests[0]?.headers.authorization).toContain('/us-east-1/s3/')
  // Amazon's own endpoint is asked for by name, and not the trap.
  const amazon = await storeAt(null, { amazonEndpoint: () => server.url })
  await names(amazon)
  await amazon.close()
  expect(server.requests).toHaveLength(4)
  expect(evil.connections).toBe(0)
})

test('no program was ever run', async () => {
  expect(() => rmSync(join(home, 'was-run'))).toThrow(/ENOENT/)
})
