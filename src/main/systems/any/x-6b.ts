import type { SystemName } from '../../../shared/domain/system-name.ts'
import { manual } from '../../engine/runbook/steps.ts'
import type { Runbook, RunbookSetting, Step } from '../../ports/runbook.ts'
import { notTheClusters, spareHostsInput, spareHostsOf } from './spare-hosts.ts'

/** A whole restore, on hosts that nobody needs: the runbook of the disaster itself is gone through there, and measures itself. */
export const scratchCluster: Runbook = {
  id: 'X-6B',
  system: null,
  title: 'Rehearse a whole restore on a scratch cluster',
  when: 'Nothing is wrong, and it shall be known that the restored data serves, not only that its bytes are whole.',
  costs: [],
  inputs: [spareHostsInput],
  steps,
}

interface Apart {
  /** The runbook that is gone through there. */
  readonly runbook: string
  /** What the scratch cluster must not share, or not reach, a line each. */
  readonly apart: readonly string[]
  /** What is started, and how, a line each. */
  readonly start: readonly string[]
}

const apartFor: Readonly<Record<SystemName, Apart>> = {
  kiok: {
    runbook: 'KI-3',
    apart: [
      'Another ZooKeeper, or at least another root path than production’s (kiok.zk.rootPath).',
      'No way out of these hosts but to the repository: documented, its scheduler runs the real DAGs, catch-up fills in what was missed, and connections are live.',
    ],
    start: ['Install kiok of the same version; start one master with an empty store, and one worker.'],
  },
  chango: {
    runbook: 'CH-4',
    apart: [
      'A ZooKeeper of its own.',
      'No route to the node managers of production: documented, a restored master takes up what it knows.',
      // Not tried here: from the operators' notes of the product.
      'Start it with -Dchango.cluster.hosts.sync.enabled=false, so that it writes no /etc/hosts anywhere (from notes, not tried here).',
    ],
    start: ['Install chango of the same version on the spare hosts, with no data.'],
  },
  kiseki: {
    runbook: 'KS-5',
    apart: ['Another data folder, other ports and another set of peers than production’s.'],
    start: [
      'Install kiseki of the same version with as many shards; restore steps 3 to 5 of KS-5 are what is rehearsed.',
    ],
  },
  armada: {
    runbook: 'AR-2',
    apart: ['A leader of one node with addresses of its own, and no follower of production pointed at it.'],
    start: ['Start one leader with empty tables, and give it a maintenance token of its own.'],
  },
  kindling: {
    runbook: 'KD-1',
    apart: [
      'A PostgreSQL of its own, and a DSN that names it: compare the DSN with production’s, word by word.',
      'No edge and no worker: they would answer for, and start, what production runs. A volume is restored into a project that is not production’s.',
    ],
    start: [
      'Restore the database there as KD-1 says, and start the api alone: serve --components api (from source).',
    ],
  },
}

function steps(setting: RunbookSetting): readonly Step[] {
  const { name, system } = setting.cluster
  const { runbook, apart, start } = apartFor[system]
  const hosts = spareHostsOf(setting).join(', ')
  return [
    notTheClusters(setting),
    manual({
      id: 'compare',
      section: 'before',
      title: 'Compare what the scratch cluster is told with what production is told',
      why: 'One wrong address, and the rehearsal restores production.',
      does: [
        `Names and addresses of ${hosts}: none of them is one of ${name}, under any other name either.`,
        'ZooKeeper list and root path, DSN, bucket and prefix to back up into: each differs from production’s.',
        'The repository of production is read with a key that may not write.',
      ],
      skip: 'nobody',
    }),
    manual({
      id: 'apart',
      section: 'before',
      title: 'Cut the scratch cluster off',
      why: 'Restored data believes that it is production, and acts like it.',
      touches: hosts,
      does: apart,
      undo: 'The hosts are emptied at the end.',
      skip: 'nobody',
    }),
    manual({
      id: 'start',
      section: 'restore',
      title: 'Start the empty scratch cluster, and save it here',
      why: 'The runbook of the disaster is gone through with a cluster of its own, so that nothing is asked of production.',
      touches: hosts,
      does: [
        ...start,
        `Save it here under a name of its own, with the repository of ${name} and the connection to ${hosts} alone.`,
      ],
      undo: 'Stop it.',
    }),
    manual({
      id: 'restore',
      section: 'restore',
      title: `Go through ${runbook} with the scratch cluster`,
      why: 'That run measures each of its steps, and its report is the proof.',
      touches: hosts,
      does: [
        `Begin ${runbook} with the scratch cluster, and go through it to its acceptance sheet.`,
        'Where a step cannot be done, that is what the rehearsal has found: write it down.',
      ],
      asks: { label: 'How long it took, and what could not be done', learns: 'rehearsal.outcome' },
      skip: 'nobody',
    }),
    manual({
      id: 'clean-up',
      section: 'after',
      title: 'Stop and empty the scratch cluster',
      why: 'It is the cluster’s data in the open, on hosts that nobody watches.',
      touches: hosts,
      does: [
        'Stop everything on the spare hosts, and remove what was restored there.',
        'Take the scratch cluster off the list here: holdfast clusters remove.',
        'Revoke the key that read the repository.',
      ],
      skip: 'nobody',
    }),
  ]
}
