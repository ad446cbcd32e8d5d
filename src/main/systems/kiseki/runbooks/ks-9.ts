import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { mustRunOn } from '../../../engine/runbook/on-host.ts'
import { done } from '../../../engine/runbook/outcomes.ts'
import { action, manual } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { ActionStep, Runbook, Step, StepContext } from '../../../ports/runbook.ts'
import {
  copyDataFolder,
  copyDeadlineMs,
  copyWithoutLog,
  lookAtCopy,
  makeCopy,
  placeOf,
  type FolderCopy,
} from './copy.ts'
import { ownDisk } from './identity.ts'
import { isDown } from './is-down.ts'
import { leftovers } from './ks-1.ts'
import {
  as,
  nodeInput,
  nodeOf,
  siteInputs,
  siteOf,
  userOn,
  type KisekiNode,
  type KisekiSite,
} from './site.ts'
import { stopUnit } from './unit.ts'

/**
 * Tried with three nodes of 2026.40 that had all fallen into the restart trap: a copy of the data folder without its log, started as a
 * cluster of its own, lists its objects, and gives those whose chunks lie on its disk, byte for byte; nothing joins it. No document
 * has it.
 */
export const ks9: Runbook = {
  id: 'KS-9',
  system: 'kiseki',
  title: 'Read the objects out of a node that does not start',
  when: 'A node does not come back, or no majority does, and its own disk is whole.',
  costs: [
    'The cluster does not come back by this. What is read out goes into another one.',
    'A node gives what its own disk holds: of the others’ objects it knows the names alone.',
    'Its data folder is copied twice on its host; nothing in it is changed.',
  ],
  inputs: [nodeInput, ...siteInputs],
  steps(setting) {
    const site = siteOf(setting)
    const node = nodeOf(site, setting)
    const { host } = node
    const lock = hostLock([host])
    return [
      isDown('down', node, site, 'A node that answers gives its objects itself.'),
      ownDisk('own-disk', node, site),
      ...lock.takeIt,
      stopUnit({
        id: 'stop',
        node,
        site,
        section: 'safety',
        why: 'systemd may be starting it again and again.',
      }),
      copyDataFolder({
        id: 'copy',
        node,
        site,
        why: 'It stays as it is, for whoever finds a better way later.',
      }),
      readingCopy(node, site),
      ...readOut(node, site),
      lock.giveItBack,
      leftovers(site),
    ]
  },
}

/** Of the copy, so that the copy stays whole whatever a server does to this one. */
function readingCopy(node: KisekiNode, site: KisekiSite): ActionStep {
  const { host } = node
  const from = `${site.copyFolder}/RUN-node-${node.place}`
  const copyOf = (context: StepContext): FolderCopy => ({
    node,
    site,
    from: placeOf(site, node, context),
    to: `${placeOf(site, node, context)}-reading`,
    script: copyWithoutLog,
    whole: 'without its log',
  })
  return action({
    id: 'reading-copy',
    section: 'restore',
    title: 'Make a second copy, without the log',
    why: 'A server that finds the end of a log alone refuses to start; one that finds none begins anew, and keeps the objects that it has.',
    touches: `Reads ${from}, writes ${from}-reading on ${host.address}.`,
    undo: 'The second copy is removed.',
    twin: sh`cp -a --sparse=always ${from} ${from}-reading && rm -f ${from}-reading/raft/shard-*.redb`,
    expected: null,
    damage: 0,
    act: async (context) => makeCopy(copyOf(context), context),
    look: async (context) => lookAtCopy(copyOf(context), context),
    takeBack: async (context) => {
      const { to } = copyOf(context)
      await mustRunOn(
        host,
        {
          argv: ['rm', '-rf', '--', to, `${to}.part`],
          ...as(userOn(site, host)),
          deadlineMs: copyDeadlineMs,
        },
        context,
      )
      return done(`${to} is removed.`)
    },
  })
}

function readOut({ host, place }: KisekiNode, site: KisekiSite): readonly Step[] {
  const folder = `${site.copyFolder}/RUN-node-${place}-reading`
  return [
    manual({
      id: 'start-reading',
      section: 'restore',
      title: 'Start a server on the second copy, for this host alone',
      why: 'It is a cluster of its own, which nothing may join or write into.',
      touches: `${folder} on ${host.address}.`,
      damage: 1,
      does: [
        `Take the environment of ${site.unit} (systemctl cat ${site.unit}): the same KISEKI_NODE_ID, the same TLS files.`,
        `Change in it: KISEKI_DATA_DIR=${folder}, KISEKI_BOOTSTRAP=true, KISEKI_RAFT_PEERS=ID=127.0.0.1:19300 with its own ID, KISEKI_RAFT_ADDR=127.0.0.1:19300.`,
        'Let every other KISEKI_…_ADDR be a port of 127.0.0.1, such as KISEKI_S3_ADDR=127.0.0.1:19000, KISEKI_PORTMAP_ADDR=disabled, and take every KISEKI_BACKUP_… out.',
        `Start it with that: systemd-run --unit=holdfast-reading --property=EnvironmentFile=FILE kiseki-server. Never as ${site.unit}.`,
        'It says last_committed_seq 0, which is right: its log is new.',
      ],
    }),
    manual({
      id: 'read-out',
      section: 'restore',
      title: 'Read out every bucket',
      why: 'The server lists what is in a bucket, and not which buckets there are: their names have to be known.',
      touches: 'Reads from that server, writes into a place of yours.',
      does: [
        'On that host, or through a tunnel to it: aws s3 sync --endpoint-url http://127.0.0.1:19000 s3://BUCKET FOLDER/BUCKET, for each bucket.',
        'What it names and does not give (404) lies on other nodes: begin a run for each of them.',
        'Compare numbers and sizes with what its users know.',
      ],
      asks: { label: 'What was read out, and where it lies', learns: 'read.out' },
    }),
    manual({
      id: 'stop-reading',
      section: 'after',
      title: 'Stop that server, and remove the second copy',
      why: 'It has the keys of the node in it, and no use any more.',
      touches: `${folder} on ${host.address}.`,
      does: [`systemctl stop holdfast-reading`, sh`rm -rf ${folder}`],
    }),
  ]
}
