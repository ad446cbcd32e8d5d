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
    name: 'an adapter knows its port and the domain, never another adapter or anything above',
    severity: 'error',
    from: { path: '^src/main/adapters/([^/]+)/' },
    to: { path: '^src/', pathNot: ['^src/(shared|main/ports)', '^src/main/adapters/$1/'] },
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
  ...oneFolder('SSH', '^src/main/adapters/(sftp|ssh)', 'node_modules/(node-ssh|ssh2)/'),
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
