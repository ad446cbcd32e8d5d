import { HoldfastError } from '../../../../shared/domain/error.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { StepContext } from '../../../ports/runbook.ts'
import type { S3KeyPair } from '../../../ports/secrets.ts'
import type { RoleAt } from './role-process.ts'
import type { DefaultTarget } from './target.ts'

/** What a start is given: the same for every master and worker of a cluster, but for where the backups lie. */
export interface StartedWith extends Pick<RoleAt, 'role' | 'site'> {
  readonly zkRoot: string
  /** Null: as the configuration of the host has it. */
  readonly target: DefaultTarget | null
}

export function argvOf({ role, site, zkRoot }: StartedWith): readonly string[] {
  return [
    `bin/start-${role}.sh`,
    `-Dkiok.zk.serverList=${site.zooKeeper.join(',')}`,
    `-Dkiok.zk.rootPath=${zkRoot}`,
  ]
}

/** Documented (configuration): `KIOK_` and the name in capitals; the file comes after the environment. */
export function environmentOf({ site, target }: StartedWith): Readonly<Record<string, string>> {
  return {
    KIOK_KMS_PBKDF2_ITERATIONS: site.iterations,
    KIOK_BASE_DATA_DIR: site.dataFolder,
    ...(site.javaHome !== '' && { JAVA_HOME: site.javaHome }),
    ...target?.environment,
  }
}

const s3Names = ['KIOK_JOBLOG_S3_ACCESS_KEY', 'KIOK_JOBLOG_S3_SECRET_KEY'] as const

export function secretNamesOf(target: DefaultTarget | null): readonly string[] {
  return ['KIOK_MASTER_KEY', ...(target === null ? [] : s3Names)]
}

/** Throws `key.missing`. */
export async function secretsOf(
  target: DefaultTarget | null,
  { session }: StepContext,
): Promise<Readonly<Record<string, string>>> {
  const [key] = await session.masterKeys()
  if (key === undefined) throw noKey()
  const pair = target === null ? null : await keyPairFor(target, session)
  return {
    KIOK_MASTER_KEY: key.reveal(),
    ...(pair !== null && { [s3Names[0]]: pair.accessKeyId, [s3Names[1]]: pair.secretAccessKey }),
  }
}

/** Throws `credential.notFound`. */
async function keyPairFor({ keyPair }: DefaultTarget, session: Session): Promise<S3KeyPair> {
  if (keyPair !== null) return session.s3(keyPair)
  const bucket = await session.bucket()
  if (bucket !== null) return bucket.pair
  throw new HoldfastError('credential.notFound', {
    what: `The S3 key pair of ${session.cluster.name} is not in the vault.`,
    why: 'Its repository is no bucket, or is opened with what the environment of this computer holds.',
    unchanged: 'Nothing was started.',
    next: 'Save a key pair for the cluster, and begin again with its id.',
  })
}

export function noKey(): HoldfastError {
  return new HoldfastError('key.missing', {
    what: 'The cluster has no master key here.',
    why: 'A master that is started without it, or with another one, opens none of its stores and no backup.',
    unchanged: 'Nothing was started.',
    next: 'Save the master key of this cluster; where it is lost, X-3 says what is left.',
  })
}
