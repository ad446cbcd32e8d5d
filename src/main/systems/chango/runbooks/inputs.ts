import type { RunbookInput } from '../../../ports/runbook.ts'

/** What chango's documents say of its hosts where nobody says otherwise: installation/manual, cluster-operations, control-plane. */
const all = {
  host: {
    name: 'host',
    label: 'Host of the first master',
    help: 'It is restored and started before all others. Empty: the first of the connection’s hosts.',
    example: 'operator@chango-1.example',
    required: false,
    usual: '',
  },
  zookeeper: {
    name: 'zookeeper',
    label: 'ZooKeeper servers',
    help: 'As they stand in the master’s start command; it is kept nowhere else.',
    example: 'chango-1:2181,chango-2:2181,chango-3:2181',
    required: true,
    usual: '',
  },
  root: {
    name: 'root',
    label: 'ZooKeeper root',
    help: 'As in the start command (-Dchango.zk.rootPath).',
    example: '/chango',
    required: false,
    usual: '/chango',
  },
  home: {
    name: 'home',
    label: 'Installation folder',
    help: 'On every host; it holds bin and conf.',
    example: '/opt/chango',
    required: false,
    usual: '/opt/chango',
  },
  data: {
    name: 'data',
    label: 'Data folder',
    help: 'Where the older version keeps kms, iam and metadata.',
    example: '/var/lib/chango',
    required: false,
    usual: '/var/lib/chango',
  },
  base: {
    name: 'base',
    label: 'Base data folder',
    help: 'It holds master/patches, and the stores of newer versions. Empty: as conf/chango.properties has it, else where it is found.',
    example: '/opt/chango/data',
    required: false,
    usual: '',
  },
  user: {
    name: 'user',
    label: 'Account of chango',
    help: 'The masters run as it. Commands run as it through sudo.',
    example: 'chango',
    required: false,
    usual: 'chango',
  },
  javaHome: {
    name: 'javaHome',
    label: 'JAVA_HOME',
    help: 'Of Java 17, on every host.',
    example: '/opt/openlogic-openjdk-17.0.7+7-linux-x64',
    required: false,
    usual: '/opt/openlogic-openjdk-17.0.7+7-linux-x64',
  },
  ports: {
    name: 'ports',
    label: 'Ports of a master',
    help: 'On which nothing may listen on a host whose master is stopped.',
    example: '8080,19999',
    required: false,
    usual: '8080,19999',
  },
  logs: {
    name: 'logs',
    label: 'Log folder',
    help: 'On every host; the last words of a master that does not start are read there.',
    example: '/var/log/chango',
    required: false,
    usual: '/var/log/chango',
  },
  by: {
    name: 'by',
    label: 'Restore with',
    help: '“chango”: its own tool where the host has one. “holdfast”: from here in any case.',
    example: 'holdfast',
    required: false,
    usual: 'chango',
  },
  components: {
    name: 'components',
    label: 'Folder of the components',
    help: 'On hosts with a node manager.',
    example: '/opt/components',
    required: false,
    usual: '/opt/components',
  },
} as const satisfies Record<string, RunbookInput>

export type InputName = keyof typeof all

/** For a runbook that works on every master's host. */
export const ofEveryMaster = [
  'host',
  'zookeeper',
  'root',
  'home',
  'data',
  'base',
  'user',
  'javaHome',
  'ports',
  'logs',
  'components',
] as const satisfies readonly InputName[]

/** Those of them that a runbook asks. */
export function inputsOf(...names: readonly InputName[]): readonly RunbookInput[] {
  return names.map((name) => all[name])
}

export function usualOf(name: InputName): string {
  return all[name].usual
}
