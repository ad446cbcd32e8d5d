import { commandLine, withNames } from './command-line.ts'

/**
 * `holdfast verify …` and its like, on the backups of a saved cluster. It takes the access and the keys that are saved of the cluster,
 * so nothing has to be filled in.
 */
export function clusterCommand(
  verb: string,
  cluster: string,
  {
    backups = [],
    options = [],
  }: { readonly backups?: readonly string[]; readonly options?: readonly string[] } = {},
): string {
  return commandLine(['holdfast', verb, ...withNames(backups, ['--cluster', cluster, ...options])])
}
