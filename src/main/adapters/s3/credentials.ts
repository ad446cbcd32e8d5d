import { homedir } from 'node:os'
import { join } from 'node:path'
import { loadSharedConfigFiles } from '@smithy/core/config'
import { HoldfastError } from '../../../shared/domain/error.ts'

export interface S3Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** Where the keys come from. Nothing else is ever asked: no program, no container, no metadata service, no browser. */
export type S3Credentials =
  | { readonly source: 'keys'; readonly keys: S3Keys }
  /** This profile of the shared files, whatever the environment says. */
  | { readonly source: 'profile'; readonly profile: string; readonly environment: Environment }
  /** The environment's keys; without them the profile that it names, or `default`. */
  | { readonly source: 'environment'; readonly environment: Environment }

export type Environment = Readonly<Record<string, string | undefined>>

/** Throws `repository.noCredentials` with what was looked at. */
export async function findKeys(credentials: S3Credentials): Promise<S3Keys> {
  if (credentials.source === 'keys') return credentials.keys
  const { environment } = credentials
  if (credentials.source === 'profile') return profileKeys(credentials.profile, environment)
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'] ?? ''
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'] ?? ''
  if (accessKeyId !== '' && secretAccessKey !== '') {
    return keys(accessKeyId, secretAccessKey, environment['AWS_SESSION_TOKEN'])
  }
  if (accessKeyId !== '' || secretAccessKey !== '') {
    throw none('Of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only one is set.')
  }
  return profileKeys(environment['AWS_PROFILE'] || 'default', environment)
}

async function profileKeys(profile: string, environment: Environment): Promise<S3Keys> {
  const home = environment['HOME'] || environment['USERPROFILE'] || homedir()
  const filepath = environment['AWS_SHARED_CREDENTIALS_FILE'] || join(home, '.aws', 'credentials')
  const configFilepath = environment['AWS_CONFIG_FILE'] || join(home, '.aws', 'config')
  const files = await loadSharedConfigFiles({ filepath, configFilepath, ignoreCache: true })
  const sections = [files.credentialsFile[profile], files.configFile[profile]].filter(
    (section) => section !== undefined,
  )
  for (const section of sections) {
    const accessKeyId = section['aws_access_key_id']
    const secretAccessKey = section['aws_secret_access_key']
    if (accessKeyId !== undefined && secretAccessKey !== undefined) {
      return keys(accessKeyId, secretAccessKey, section['aws_session_token'])
    }
  }
  const names = sections.flatMap((section) => Object.keys(section))
  const indirect = names.find((name) =>
    /^(credential_|sso_|role_|web_identity|login_|source_profile)/.test(name),
  )
  if (indirect !== undefined) {
    throw none(
      `The profile "${profile}" has no static keys but "${indirect}", and programs, roles and sign-ins are not used here.`,
    )
  }
  throw none(
    sections.length === 0
      ? `There is no profile "${profile}" in ${filepath} or ${configFilepath}.`
      : `The profile "${profile}" has no aws_access_key_id with an aws_secret_access_key.`,
  )
}

function keys(accessKeyId: string, secretAccessKey: string, sessionToken: string | undefined): S3Keys {
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
}

function none(why: string): HoldfastError {
  return new HoldfastError('repository.noCredentials', {
    what: 'No S3 keys were found.',
    why,
    next: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), or name a profile with static keys.',
  })
}
