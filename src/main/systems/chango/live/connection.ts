import * as z from 'zod'
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
  hosts: fields.hosts(
    {
      label: 'Hosts of the masters',
      help: 'Over SSH, for what only a host can do: stop and start a master, restore its data folder.',
    },
    0,
  ),
  ssh: fields.ssh({ label: 'SSH', help: 'How the hosts are logged in to.' }),
})
export type ChangoConnection = z.infer<typeof changoConnection>
