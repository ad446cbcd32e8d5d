import * as z from 'zod'
import * as fields from '../../../../shared/contract/connection-fields.ts'

/** How a kiok cluster is reached. Ports: kiok documents, features/configuration (8080; 18400 where chango installed it). */
export const kiokConnection = z.strictObject({
  masters: fields.origins(
    {
      label: 'Masters',
      help: 'Every master by the name that it advertises: its listener answers for no other one.',
      example: 'http://kiok-1.example:8080',
    },
    1,
  ),
  contextPath: fields.text({
    label: 'Context path',
    help: 'Only where kiok.master.admin.context.path, or a proxy, puts one before every route.',
    example: '/kiok',
  }),
  loginKind: fields.choice({ label: 'Log in with', help: 'What the login below is.' }, [
    { value: 'password', label: 'User and password' },
    { value: 'directory', label: 'User and password of a directory (LDAP)' },
    { value: 'accessKey', label: 'Access key and secret key' },
  ]),
  login: fields.credential({
    label: 'Login',
    help: 'Without one only whether the masters are alive and ready is asked.',
    of: 'login',
  }),
  tls: fields.tls({
    label: 'TLS',
    help: 'kiok has none of its own; a proxy before it may.',
  }),
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
export type KiokConnection = z.infer<typeof kiokConnection>
