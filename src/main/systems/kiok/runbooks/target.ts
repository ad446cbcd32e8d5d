import type { RunbookInput, RunbookSetting } from '../../../ports/runbook.ts'
import { unfit } from './site.ts'

/**
 * The one target that a fresh master can have: the default of the job logs, which is set from outside. A connection that was saved
 * in the cluster is gone with its stores (inferred from features/backup). Names: features/configuration.
 */
export interface DefaultTarget {
  readonly environment: Readonly<Record<string, string>>
  /** Null: the key pair of the cluster's repository. */
  readonly keyPair: string | null
}

export const targetInputs: readonly RunbookInput[] = [
  {
    name: 's3Endpoint',
    label: 'S3 endpoint, as the hosts reach it',
    help: 'Of the bucket with the backups. Setting it also turns the archive of job logs on.',
    example: 'https://s3.example:9000',
    required: true,
    usual: '',
  },
  {
    name: 's3Region',
    label: 'S3 region',
    help: 'kiok.joblog.s3.region.',
    example: 'eu-central-1',
    required: true,
    usual: 'us-east-1',
  },
  {
    name: 's3Bucket',
    label: 'Bucket',
    help: 'The one with the backups.',
    example: 'kiok-backups',
    required: true,
    usual: '',
  },
  {
    name: 's3PathStyle',
    label: 'Path style',
    help: 'true for MinIO, Ceph and most others; kiok’s own default is false.',
    example: 'true',
    required: true,
    usual: 'false',
  },
  {
    name: 's3Prefix',
    label: 'Prefix of the backups',
    help: 'kiok.backup.s3.prefix.',
    example: 'backups',
    required: true,
    usual: 'backups',
  },
  {
    name: 's3Credential',
    label: 'Key pair for the cluster',
    help: 'A saved S3 key pair, by its id. Empty: the one that this console reads the repository with.',
    credential: 's3',
    example: 's3-0123456789abcdef',
    required: false,
    usual: '',
  },
]

export function targetOf({ inputs }: RunbookSetting): DefaultTarget {
  const value = (name: string): string => {
    const given = inputs[name] ?? ''
    return given === '' ? (targetInputs.find((input) => input.name === name)?.usual ?? '') : given
  }
  const endpoint = value('s3Endpoint')
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol))
    throw unfit('The S3 endpoint is no address of the form https://host:port.')
  if (value('s3Bucket') === '') throw unfit('The bucket with the backups is not named.')
  if (!/^(true|false)$/.test(value('s3PathStyle'))) throw unfit('Path style is true or false.')
  const keyPair = value('s3Credential')
  return {
    environment: {
      KIOK_JOBLOG_S3_ENDPOINT: endpoint,
      KIOK_JOBLOG_S3_REGION: value('s3Region'),
      KIOK_JOBLOG_S3_BUCKET: value('s3Bucket'),
      KIOK_JOBLOG_S3_PATH_STYLE: value('s3PathStyle'),
      KIOK_BACKUP_S3_PREFIX: value('s3Prefix'),
    },
    keyPair: keyPair === '' ? null : keyPair,
  }
}
