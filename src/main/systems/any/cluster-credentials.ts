import type { SystemName } from '../../../shared/domain/system-name.ts'

export interface GivenAccess {
  readonly touches: string
  readonly does: readonly string[]
  /** Null where there is no single command. */
  readonly twin: string | null
  /** Something of the cluster restarts for it. */
  readonly restarts: boolean
}

/** How each system is given the credentials of its bucket. */
export const giveToCluster: Readonly<Record<SystemName, GivenAccess>> = {
  kiok: {
    // Documented: features/configuration (kiok.joblog.s3.*), features/backup (a stored connection).
    touches: 'The S3 connection of the backup, or kiok.joblog.s3.* of every master.',
    does: [
      'Where the backup uses a stored connection: change its keys in kiok’s own window; nothing restarts.',
      'Where it uses the job-log default: set kiok.joblog.s3.access.key and .secret.key (KIOK_JOBLOG_S3_ACCESS_KEY, _SECRET_KEY) on every master, and restart one master after the other.',
    ],
    twin: null,
    restarts: true,
  },
  chango: {
    touches: 'The backup settings of the leader.',
    does: [
      'The newer dialect: POST /admin/api/backup/config with backup.s3.access-key and backup.s3.secret-key alone; the rest stays (documented, 2026).',
      'The older dialect: PUT /admin/api/backup/config with all of endpoint, region, bucket, prefix, accessKey, secretKey and the cron (documented).',
      'The body is read from standard input, so that no secret is an argument.',
    ],
    twin: 'printf \'{"backup.s3.access-key":"%s","backup.s3.secret-key":"%s"}\' "$S3_ACCESS_KEY" "$S3_SECRET_KEY" | curl -fsS --config "$CURL_LOGIN" -X POST -H "Content-Type: application/json" --data @- https://MASTER/admin/api/backup/config',
    restarts: false,
  },
  kiseki: {
    // Source: config.rs reads them once; s3.rs signs a key with a colon wrongly.
    touches: 'The environment of kiseki-server on every node.',
    does: [
      'Set KISEKI_BACKUP_S3_ACCESS_KEY and _SECRET_KEY on every node. A key with a colon is signed wrongly: take one without.',
      'Look first at “Coming back after a stop” in the connection: past some 2 000 entries a node that is restarted does not start again (tried). Then change nothing on the nodes: their snapshots hold no data, and a change of their environment takes a restart. Copy out over S3 what must not be lost.',
      'Below that: restart one node at a time, and copy the data folder of the stopped node first.',
    ],
    twin: null,
    restarts: true,
  },
  armada: {
    touches: 'What uploads the backups: the secret of the CronJob, or this console.',
    does: [
      'Where a CronJob uploads them: change its secret; the next run takes the new keys.',
      'Where this console takes them: give the credential here; the servers know no bucket.',
    ],
    twin: 'kubectl create secret generic NAME --from-env-file=/dev/stdin --dry-run=client -o yaml | kubectl apply -f -',
    restarts: false,
  },
  kindling: {
    // Source: config/keys.go, config/crypto.go, schema.sql (pg_notify): nothing but SQL sets them, and they are taken at once.
    touches: 'cluster_settings and cluster_secrets of the database; the repository of pgBackRest or Barman.',
    does: [
      'Volumes: upsert volume_backup_s3_bucket, _region, _endpoint, _prefix into cluster_settings; seal volume_backup_s3_access_key_id and _secret_access_key with the platform’s master key into cluster_secrets (AES-256-GCM, nonce, ciphertext, tag). They are taken at once.',
      'Database: repo1-s3-key and repo1-s3-key-secret in pgbackrest.conf, or the keys of Barman’s cloud commands, on the database’s host.',
    ],
    twin: 'sudo -n -u postgres pgbackrest --stanza=STANZA check',
    restarts: false,
  },
}
