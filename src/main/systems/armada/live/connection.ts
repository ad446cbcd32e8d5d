import * as z from 'zod'
import * as fields from '../../../../shared/contract/connection-fields.ts'

/** Source (flags.go, `--api.address`). */
const usualPort = 8443

/** How an armada cluster is reached. Port of the API: armada source, flags.go (`--api.address`, 8443); 8445 is only its own tool's default. */
export const armadaConnection = z.strictObject({
  reach: fields.choice({ label: 'Reach the servers', help: 'From where their API can be reached.' }, [
    { value: 'direct', label: 'From this console' },
    { value: 'cliOverSsh', label: 'Only from a host, with the tool that is installed there' },
  ]),
  servers: fields.origins(
    {
      label: 'Servers',
      help: 'The API of the leader cluster’s nodes; 8443 where no port is given. Plaintext, http:, is what a server has unless it was given a certificate.',
      example: 'https://armada-1.example:8443',
    },
    1,
    usualPort,
  ),
  maintenanceToken: fields.credential({
    label: 'Token for backups',
    help: 'maintenance.token of the servers. It is never sent over http:.',
    of: 'token',
  }),
  tablesToken: fields.credential({
    label: 'Token for tables',
    help: 'tables.token of the servers: to find tables that their status leaves out.',
    of: 'token',
  }),
  tls: fields.tls({
    label: 'TLS',
    help: 'A server that was given an authority for clients asks for a client certificate.',
  }),
  followers: fields.origins(
    {
      label: 'Followers',
      help: 'Nodes of follower clusters: they are asked how they are, and never for a backup.',
      example: 'https://armada-follower-1.example:8443',
    },
    0,
    usualPort,
  ),
  hosts: fields.hosts(
    {
      label: 'Hosts over SSH',
      help: 'Only where arctl or armada makes the backup there: the first one that lets this console in and has the tool.',
    },
    0,
  ),
  hostCa: fields.text({
    label: 'Authority’s file on the hosts',
    help: 'PEM that the tool on the host believes; empty: those of the host.',
    example: '/etc/armada/ca.crt',
  }),
  ssh: fields.ssh({ label: 'SSH', help: 'How the hosts are logged in to.' }),
})
export type ArmadaConnection = z.infer<typeof armadaConnection>
