import type { IForbiddenRuleType } from 'dependency-cruiser'

/** Who may import whom: one rule a promise of the house. */
export const rules: IForbiddenRuleType[] = [
  {
    name: 'the domain is pure',
    severity: 'error',
    from: { path: '^src/shared/domain' },
    to: { pathNot: '^src/shared/domain' },
  },
  {
    name: 'shared runs anywhere',
    severity: 'error',
    from: { path: '^src/shared' },
    to: { path: '^(src/(main|preload|renderer|test)|test/)|^node:|^(electron|react)' },
  },
  {
    name: 'the contract knows only the domain',
    severity: 'error',
    from: { path: '^src/shared/contract' },
    to: { path: '^src/', pathNot: '^src/shared/(domain|contract)' },
  },
  {
    name: 'ports know only the domain',
    severity: 'error',
    from: { path: '^src/main/ports' },
    to: { path: '^src/', pathNot: '^src/(shared|main/ports)' },
  },
  {
    name: 'the engine sees ports, never adapters, systems or hosts',
    severity: 'error',
    from: { path: '^src/main/engine' },
    to: { path: '^src/', pathNot: '^src/(shared|main/ports|main/engine)' },
  },
  {
    name: 'a system sees ports and the engine, never adapters, shells or another system',
    severity: 'error',
    from: { path: '^src/main/systems/([^/]+)/' },
    to: {
      path: '^src/',
      pathNot: ['^src/(shared|main/ports|main/engine)', '^src/main/systems/$1/'],
    },
  },
  {
    name: 'an adapter knows its port, the domain, how files are kept, what a restore target is, how to log in over SSH, whom TLS believes and how a secret is blotted out, never another adapter or anything above',
    severity: 'error',
    from: { path: '^src/main/adapters/([^/]+)/' },
    to: {
      path: '^src/',
      pathNot: [
        '^src/(shared|main/ports|main/adapters/(files|redaction|ssh-login|target-rules|tls-trust))',
        '^src/main/adapters/$1/',
      ],
    },
  },
  {
    name: 'an operation sees ports, the engine and the registry of systems, never jobs, handlers or shells',
    severity: 'error',
    from: { path: '^src/main/operations' },
    to: {
      path: '^src/',
      pathNot: '^src/(shared|main/(ports|engine|operations)|main/systems/registry\\.ts)',
    },
  },
  {
    name: 'the desk sees ports and operations, never handlers, adapters or shells',
    severity: 'error',
    from: { path: '^src/main/desk' },
    to: {
      path: '^src/',
      pathNot: '^src/(shared|main/(ports|engine|operations|desk|systems/(registry|drivers|runbooks)\\.ts))',
    },
  },
  {
    name: 'jobs and secrets see ports alone',
    severity: 'error',
    from: { path: '^src/main/(jobs|secrets)/' },
    to: { path: '^src/', pathNot: '^src/(shared|main/(ports|jobs|secrets|engine/master-key))' },
  },
  {
    name: 'the runner of runbooks sees ports and the blocks that runbooks are made of, never a system',
    severity: 'error',
    from: { path: '^src/main/runbooks/' },
    to: { path: '^src/', pathNot: '^src/(shared|main/(ports|runbooks|engine/runbook))' },
  },
  {
    name: 'a handler sees ports and operations, never an adapter, a host or a shell',
    severity: 'error',
    from: { path: '^src/main/handlers' },
    to: {
      path: '^src/',
      pathNot: '^src/(shared|main/(ports|engine|operations|desk|handlers|systems/registry\\.ts))',
    },
  },
  {
    name: 'a shell carries a router and knows nothing of what it does',
    severity: 'error',
    from: { path: '^src/main/(electron|web)/' },
    to: { path: '^src/', pathNot: '^src/(shared|main/(ports|pages|electron|web))' },
  },
  {
    name: 'only hosts pick adapters',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/main/(hosts|adapters)' },
    to: { path: '^src/main/adapters' },
  },
  {
    name: 'the command line sees no adapter and no host',
    severity: 'error',
    from: { path: '^src/main/cli' },
    to: { path: '^src/main/(hosts|adapters|electron)|^test/' },
  },
  {
    name: 'the window sees only shared code',
    severity: 'error',
    from: { path: '^src/renderer' },
    to: { path: '^(src/(main|preload)|test/)|^node:|^electron' },
  },
  {
    name: 'the kit of the window is imported in one folder',
    severity: 'error',
    from: { path: '^src/renderer', pathNot: '^src/renderer/ui/' },
    to: { path: 'node_modules/@mantine/' },
  },
  {
    name: 'the product does not depend on tests; its command line alone may load the lab',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/main/hosts/cli\\.ts$' },
    to: { path: '^test/' },
  },
  ...oneFolder(
    'electron',
    '^src/(preload|main/electron|main/hosts/electron\\.ts)',
    '(^|/)node_modules/electron/|^electron$',
  ),
  ...oneFolder('the AWS SDK', '^src/main/adapters/s3', 'node_modules/@(aws-sdk|smithy)/'),
  ...oneFolder('the keychain', '^src/main/adapters/keychain', 'node_modules/keytar/'),
  ...oneFolder('gRPC', '^src/main/adapters/grpc', 'node_modules/(@grpc/|protobufjs/)'),
  ...oneFolder(
    'what turns descriptors into code',
    '^src/main/adapters/grpc/methods\\.ts$',
    'node_modules/(@grpc/proto-loader|protobufjs)/',
  ),
  ...oneFolder('the HTTP client', '^src/main/adapters/http', 'node_modules/undici/'),
  ...oneFolder('SSH', '^src/main/adapters/(sftp|ssh|ssh-login)/', 'node_modules/(node-ssh|ssh2)/'),
  { name: 'no cycles', severity: 'error', from: { path: '^(src|test)' }, to: { circular: true } },
  {
    name: 'nothing undeclared',
    severity: 'error',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'], couldNotResolve: true },
  },
]

function oneFolder(name: string, folder: string, packages: string): IForbiddenRuleType[] {
  return [
    {
      name: `${name} is imported in one folder`,
      severity: 'error',
      from: { path: '^src/', pathNot: folder },
      to: { path: packages },
    },
  ]
}
