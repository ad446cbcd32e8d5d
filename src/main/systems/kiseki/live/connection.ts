import * as z from 'zod'
import * as fields from '../../../../shared/contract/connection-fields.ts'

/** How a kiseki cluster is reached. Ports: kiseki source, config.rs (KISEKI_METRICS_ADDR 9090, KISEKI_DATA_ADDR 9100). */
export const kisekiConnection = z.strictObject({
  nodes: fields.origins(
    {
      label: 'Nodes',
      help: 'The admin port of every node (9090). It has neither a login nor TLS, whatever the rest of the cluster has.',
      example: 'http://kiseki-1.example:9090',
    },
    1,
  ),
  dataPorts: fields.origins(
    {
      label: 'Data ports',
      help: 'For snapshots (gRPC, 9100). https: where the nodes have certificates; the client certificate below is asked for then.',
      example: 'https://kiseki-1.example:9100',
    },
    0,
  ),
  tls: fields.tls({
    label: 'TLS of the data ports',
    help: 'Certificates of the nodes often carry no name: give the one they do carry.',
  }),
  hosts: fields.hosts(
    {
      label: 'Hosts over SSH',
      help: 'Of every node, in the order of the nodes above: for recovery, and where snapshots are fetched from a folder of the nodes.',
    },
    0,
  ),
  backupFolder: fields.text({
    label: 'Folder of the snapshots on the hosts',
    help: 'KISEKI_BACKUP_DIR of the nodes, where their backend is the file system.',
    example: '/var/lib/kiseki/backup',
  }),
  ssh: fields.ssh({ label: 'SSH', help: 'How the hosts are logged in to.' }),
})
export type KisekiConnection = z.infer<typeof kisekiConnection>
