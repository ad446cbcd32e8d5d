import type { Command } from 'commander'
import type { AddClusterFlags, ClusterFlags } from '../commands/cluster-fields.ts'
import type { ClusterSettingsFlags } from '../commands/cluster-settings.ts'
import type { TrustFlags } from '../commands/cluster-hosts.ts'
import { collect, credentialHelp, withJson, withPassphrase, withWay, type Ask, type Json } from './shared.ts'

/** `holdfast clusters …`: one command a line of work on saved clusters. */
export function addClusters(program: Command, ask: Ask): void {
  const clusters = program.command('clusters').description('The clusters that this installation knows.')

  withJson(clusters.command('list'))
    .description('List the clusters with what was last seen of their backups.')
    .action((options: Json) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/clusters.ts')).listClusters(context),
      ),
    )

  withFields(withWay(withJson(clusters.command('add'))))
    .description('Add a cluster by where its backups are, and look at them once.')
    .argument('<name>', "the cluster's name: what is typed to confirm what cannot be undone")
    .requiredOption('--system <name>', 'kiok, chango, kiseki, armada or kindling')
    .requiredOption('--repository <address>', 'where the backups are')
    .option('--credential <credential>', credentialHelp)
    .action((name: string, options: Json & AddClusterFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/cluster-save.ts')).addCluster(name, options, context),
      ),
    )

  withFields(withJson(clusters.command('edit')))
    .description('Change what is saved of a cluster; what is not named stays as it is.')
    .argument('<cluster>', 'name or id')
    .option('--name <name>', 'another name')
    .option('--no-master-key', 'none of the keys that it has')
    .option('--reason <text>', 'why: a protected cluster asks for it')
    .action((cluster: string, options: Json & ClusterFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/cluster-save.ts')).editCluster(cluster, options, context),
      ),
    )

  withJson(clusters.command('remove'))
    .description('Forget a cluster here; its backups and its repository stay as they are.')
    .argument('<cluster>', 'name or id')
    .requiredOption('--confirm <name>', "the cluster's name")
    .option('--reason <text>', 'why: a protected cluster asks for it')
    .action((cluster: string, options: Json & { readonly confirm: string; readonly reason?: string }) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/clusters.ts')).removeCluster(cluster, options, context),
      ),
    )

  withPassphrase(withJson(clusters.command('settings')))
    .description("Show a cluster's own settings of its backups, preview a change, or write exactly that.")
    .argument('<cluster>', 'name or id')
    .option(
      '--set <name=value>',
      'another value; nothing behind the sign: none; may be repeated',
      collect,
      [],
    )
    .option('--plan <hash>', 'write it: the hash that the preview of the same change has shown')
    .option('--reason <text>', 'why: a protected cluster asks for it')
    .action((cluster: string, options: Json & ClusterSettingsFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/cluster-settings.ts')).clusterSettings(cluster, options, context),
      ),
    )

  withJson(clusters.command('trust-host'))
    .description('Trust the key that a host of a cluster has shown, once you have compared it.')
    .argument('<cluster>', 'name or id')
    .argument('<host>', 'as it is logged in to, such as admin@m1:22')
    .requiredOption('--host-key <fingerprint>', 'SHA256:…, as its owner reads it to you')
    .option('--reason <text>', 'why: a protected cluster asks for it')
    .action((cluster: string, host: string, options: Json & TrustFlags) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/cluster-hosts.ts')).trustHost(cluster, host, options, context),
      ),
    )

  withJson(clusters.command('forget-host'))
    .description('Take back the trust in the key of a host: it is asked about again.')
    .argument('<cluster>', 'name or id')
    .argument('<host>', 'as it was trusted')
    .option('--reason <text>', 'why: a protected cluster asks for it')
    .action((cluster: string, host: string, options: Json & { readonly reason?: string }) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/cluster-hosts.ts')).forgetHost(cluster, host, options.reason, context),
      ),
    )

  withJson(clusters.command('refresh'))
    .description('Look at the repositories of all clusters, or of one, and wait for it.')
    .argument('[cluster]', 'name or id')
    .action((cluster: string | undefined, options: Json) =>
      ask(options.json ?? false, async (context) =>
        (await import('../commands/clusters.ts')).refreshClusters(cluster ?? null, context),
      ),
    )
}

function withFields(command: Command): Command {
  return command
    .option('--mode <mode>', 'normal, protected or read-only')
    .option('--rpo <time>', 'how old the newest backup may be, such as 26h (new: 24h)')
    .option('--rto <time>', 'how long a restore may take, such as 20m; none: no target')
    .option(
      '--master-key <credential>',
      'a master key of the vault, by id or label; may be repeated',
      collect,
      [],
    )
}
