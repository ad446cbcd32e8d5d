import * as z from 'zod'
import * as fields from '../../../../shared/contract/connection-fields.ts'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import { parseConnection } from '../../../engine/live/parse-connection.ts'

/** How a kindling cluster is reached: its control plane over SSH, its API over HTTP. */
export const kindlingConnection = z.strictObject({
  hosts: fields.hosts(
    {
      label: 'Hosts of the control plane',
      help: 'The one where the backup tool runs first, then every other host that runs kindling.',
    },
    1,
  ),
  ssh: fields.ssh({ label: 'SSH', help: 'How the hosts are logged in to.' }),
  tool: fields.choice(
    { label: 'Backup tool', help: 'What backs PostgreSQL up; kindling brings none of its own.' },
    [
      { value: 'pgbackrest', label: 'pgBackRest' },
      { value: 'barman', label: 'Barman' },
    ],
  ),
  stanza: fields.text(
    { label: 'Stanza or server', help: 'Its name in the configuration of the tool.', example: 'kindling' },
    'kindling',
  ),
  toolUser: fields.text({
    label: 'User that runs the tool',
    help: 'Becomes it through sudo, also for psql. Empty: postgres for pgBackRest, barman for Barman.',
    example: 'postgres',
  }),
  toolConfig: fields.text({
    label: 'Configuration file of the tool',
    help: 'Empty: its usual one.',
    example: '/etc/pgbackrest/pgbackrest.conf',
  }),
  postgres: fields.text(
    {
      label: 'PostgreSQL, as psql reaches it on the first host',
      help: 'Without a password: .pgpass of the user that runs the tool holds it. Empty: it is not asked.',
      example: 'host=127.0.0.1 port=5432 dbname=kindling',
    },
    'dbname=kindling',
  ),
  databaseHost: fields.text({
    label: 'Host of PostgreSQL',
    help: 'Where it is another one than the first, as with a Barman on a host of its own. Only a restore of the database uses it.',
    example: 'admin@db-1',
  }),
  databaseSsh: fields.text({
    label: 'How Barman logs in to PostgreSQL’s host',
    help: 'The command that Barman runs to write into the data folder, as the user that owns it. Only a restore by Barman uses it.',
    example: 'ssh postgres@db-1',
  }),
  dataFolder: fields.text({
    label: 'Data folder of PostgreSQL',
    help: 'On its host (PGDATA). Only a restore of the database uses it.',
    example: '/var/lib/postgresql/15/main',
  }),
  postgresUnit: fields.text({
    label: 'Unit of PostgreSQL',
    help: 'Starts and stops it through systemd. Empty: pg_ctl does, as the user that runs the tool.',
    example: 'postgresql@15-main.service',
  }),
  postgresConfig: fields.text({
    label: 'Configuration file of PostgreSQL',
    help: 'Where it is not in its data folder. Only a restore of the database uses it.',
    example: '/etc/postgresql/15/main/postgresql.conf',
  }),
  // Source (contrib/systemd): SERVICE_USER, ubuntu where it is not given.
  serviceUser: fields.text(
    {
      label: 'User of the kindling units',
      help: 'Compares the DSN files and master keys of the hosts through sudo; what they hold stays there. Empty: they are not compared.',
      example: 'ubuntu',
    },
    'ubuntu',
  ),
  api: fields.origins(
    {
      label: 'API',
      help: 'The public address of the cluster, or port 8080 of a host that runs the api unit.',
      example: 'https://kindling.example',
    },
    0,
  ),
  token: fields.credential({
    label: 'API key',
    help: 'Of a platform administrator. Without one only whether the API answers is asked.',
    of: 'token',
  }),
  tls: fields.tls({ label: 'TLS', help: 'Of the API.' }),
  proxy: fields.text({
    label: 'Proxy',
    help: 'Nothing is taken from the environment.',
    example: 'http://proxy:3128',
  }),
  plaintext: fields.onOff({
    label: 'Send the API key over http:',
    help: 'The network between here and the API can then read it.',
  }),
})
export type KindlingConnection = z.infer<typeof kindlingConnection>

/** Throws `connection.invalid`; also for names that a tool would take for an option, and for a password that `ps` would show. */
export function readConnection(values: unknown): KindlingConnection {
  const config = parseConnection('kindling', kindlingConnection, values)
  if (!/^[A-Za-z0-9_.][\w.-]*$/.test(config.stanza)) {
    throw flaw('stanza', 'It is letters, digits, dots, dashes and underscores.')
  }
  for (const name of ['toolUser', 'serviceUser'] as const) {
    if (config[name] !== '' && !/^[A-Za-z_][\w.@-]*\$?$/.test(config[name])) {
      throw flaw(name, 'It is no name of a user.')
    }
  }
  for (const name of ['toolConfig', 'dataFolder', 'postgresConfig'] as const) {
    if (config[name] !== '' && !config[name].startsWith('/')) throw flaw(name, 'It is a path from the root.')
  }
  if (config.postgresUnit !== '' && !/^[\w.@:\\-]+$/.test(config.postgresUnit.replace(/^-/, ' '))) {
    throw flaw('postgresUnit', 'It is no name of a unit.')
  }
  if (config.databaseSsh !== '' && !/^ssh( [\w.@:/%+=,~-]+)+$/.test(config.databaseSsh)) {
    throw flaw('databaseSsh', 'It is ssh with plain words: Barman lets a shell read it.')
  }
  if (/password|:\/\/[^@/]*:[^@/]*@/i.test(config.postgres)) {
    throw flaw('postgres', 'A password does not belong here: every user of the host could read it.')
  }
  return config
}

function flaw(name: keyof KindlingConnection, why: string): HoldfastError {
  return new HoldfastError('connection.invalid', {
    what: 'This is no connection to kindling.',
    why: `${name}: ${why}`,
    unchanged: 'Nothing was sent anywhere, and nothing was changed.',
    next: 'Mend these fields.',
  })
}
