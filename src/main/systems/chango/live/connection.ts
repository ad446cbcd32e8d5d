import * as z from 'zod'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import { parseConnection } from '../../../engine/live/parse-connection.ts'
import * as fields from '../../../../shared/contract/connection-fields.ts'

/** How a chango cluster is reached. Ports and folders: chango documents, features/control-plane and installation/manual. */
export const changoConnection = z.strictObject({
  masters: fields.origins(
    {
      label: 'Masters',
      help: 'Every master: which of them leads changes.',
      example: 'http://chango-1.example:8080',
    },
    1,
  ),
  loginKind: fields.choice({ label: 'Log in with', help: 'What the login below is.' }, [
    { value: 'password', label: 'User and password' },
    { value: 'directory', label: 'User and password of a directory (LDAP)' },
  ]),
  login: fields.credential({
    label: 'Login',
    help: 'An administrator. Without one only whether the masters are alive and ready is asked.',
    of: 'login',
  }),
  tls: fields.tls({ label: 'TLS', help: 'chango has none of its own; a proxy before it may.' }),
  proxy: fields.text({
    label: 'Proxy',
    help: 'Nothing is taken from the environment.',
    example: 'http://proxy:3128',
  }),
  plaintext: fields.onOff({
    label: 'Send the login over http:',
    help: 'The network between here and the masters can then read it.',
  }),
  clusterKeys: fields.credential({
    label: 'S3 keys that the cluster uses',
    help: 'Only the older dialect needs them, to write its schedule: it takes its settings all at once. They are sent to the masters alone.',
    of: 's3',
  }),
  hosts: fields.hosts(
    {
      label: 'Hosts of the masters over SSH',
      help: 'For what HTTP does not offer: the command line tool, archives that this console makes (the first host is stopped for one), and recovery.',
    },
    0,
  ),
  ssh: fields.ssh({ label: 'SSH', help: 'How the hosts are logged in to.' }),
  runAs: fields.text(
    {
      label: 'User that owns the stores',
      help: 'Becomes it through sudo, where the login is another one.',
      example: 'chango',
    },
    'chango',
  ),
  home: fields.text(
    { label: 'Folder of the installation', help: 'It holds bin/start-master.sh.', example: '/opt/chango' },
    '/opt/chango',
  ),
  storesFolder: fields.text({
    label: 'Folder of the stores',
    help: 'It holds kms, iam and metadata. Empty: /var/lib/chango, else /opt/chango/data/master.',
    example: '/var/lib/chango',
  }),
})

/** Throws `connection.invalid`; also for what a command on a host would take for something else. */
export function readConnection(values: unknown): ChangoConnection {
  const config = parseConnection('chango', changoConnection, values)
  if (!/^[A-Za-z_][\w.@-]*\$?$/.test(config.runAs)) throw flaw('runAs', 'It is no name of a user.')
  if (!isFolder(config.home)) throw flaw('home', 'It is a path from the root.')
  if (config.storesFolder !== '' && !isFolder(config.storesFolder)) {
    throw flaw('storesFolder', 'It is a path from the root.')
  }
  return config
}

function isFolder(path: string): boolean {
  return /^\/[^/]/.test(path) && !path.split('/').includes('..')
}

function flaw(name: keyof ChangoConnection, why: string): HoldfastError {
  return new HoldfastError('connection.invalid', {
    what: 'This is no connection to chango.',
    why: `${name}: ${why}`,
    unchanged: 'Nothing was sent anywhere, and nothing was changed.',
    next: 'Mend these fields.',
  })
}

export type ChangoConnection = z.infer<typeof changoConnection>
