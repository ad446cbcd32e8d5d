import { bytesWords } from '../../../../shared/domain/size-words.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { mustRunOn, runOn, saidBy } from '../../../engine/runbook/on-host.ts'
import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import { action, check, manual } from '../../../engine/runbook/steps.ts'
import type { ActionStep, Outcome, Runbook, Step, StepContext } from '../../../ports/runbook.ts'
import { copyDataFolder, hasRoom, placeOf } from './copy.ts'
import { identityKept } from './identity.ts'
import { leftovers } from './ks-1.ts'
import { lookDown } from './nodes.ts'
import {
  as,
  named,
  nodeInput,
  siteInputs,
  siteOf,
  unfit,
  userOn,
  type KisekiNode,
  type KisekiSite,
} from './site.ts'
import { stopUnit } from './unit.ts'

const copyDeadlineMs = 6 * 60 * 60_000

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
    const [node, ...others] = named(site, setting.inputs['node'] ?? '')
    if (node === undefined || others.length > 0) throw unfit('One node is read out at a time.')
    const { host } = node
    const lock = hostLock([host])
    return [
      check({
        id: 'down',
        section: 'before',
        title: `Check that ${host.address} is down`,
        why: 'A node that answers gives its objects itself.',
        touches: `Asks ${node.origin}.`,
        look: async (context) => lookDown(node, site, context),
      }),
      identityKept('identity', node, site),
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

const prepare = `umask 077
[ -e "$2" ] && exit 0
[ -d "$1" ] || { echo "$1 is not there" >&2; exit 1; }
rm -rf -- "$2.part"
${hasRoom}
cp -a --sparse=always -- "$1" "$2.part" || exit 1
rm -f -- "$2.part"/raft/shard-*.redb || exit 1
sync -f -- "$2.part" 2>/dev/null
mv -- "$2.part" "$2"`

const look = `if [ -e "$1" ]; then echo "complete $(du -sk -- "$1" | cut -f1)"; elif [ -e "$1.part" ]; then echo partial; else echo none; fi`

/** Of the copy, so that the copy stays whole whatever a server does to this one. */
function readingCopy(node: KisekiNode, site: KisekiSite): ActionStep {
  const { host } = node
  const user = userOn(site, host)
  const from = `${site.copyFolder}/RUN-node-${node.place}`
  const lookAt = async (context: StepContext): Promise<Outcome> => {
    const place = readingPlace(site, node, context)
    const { stdout } = await mustRunOn(
      host,
      { argv: ['/bin/sh', '-c', look, 'sh', place], ...as(user), deadlineMs: 120_000 },
      context,
    )
    const [word, size = '0'] = stdout.trim().split(' ')
    if (word === 'complete')
      return done(`${bytesWords(Number(size) * 1024)} in ${place}, without its log.`, {
        evidence: [{ name: `for reading, on ${host.address}`, value: place }],
      })
    return notYet(
      word === 'partial'
        ? 'The second copy was begun and not ended. Going on begins it again.'
        : 'No second copy was begun.',
    )
  }
  return action({
    id: 'reading-copy',
    section: 'restore',
    title: 'Make a second copy, without the log',
    why: 'A server that finds the end of a log alone refuses to start; one that finds none begins anew, and keeps the objects that it has.',
    touches: `Reads ${from}, writes ${from}-reading on ${host.address}.`,
    undo: 'The second copy is removed.',
    twin: `cp -a --sparse=always ${from} ${from}-reading && rm -f ${from}-reading/raft/shard-*.redb`,
    expected: null,
    damage: 0,
    act: async (context) => {
      const output = await runOn(
        host,
        {
          argv: [
            '/bin/sh',
            '-c',
            prepare,
            'sh',
            placeOf(site, node, context),
            readingPlace(site, node, context),
          ],
          ...as(user),
          deadlineMs: copyDeadlineMs,
        },
        context,
      )
      return output.code === 0
        ? lookAt(context)
        : failed(`The second copy was not made: ${saidBy(output)}`, {
            next: 'Look at that host. The first copy and the data folder were only read.',
          })
    },
    look: lookAt,
    takeBack: async (context) => {
      const place = readingPlace(site, node, context)
      await mustRunOn(
        host,
        { argv: ['rm', '-rf', '--', place, `${place}.part`], ...as(user), deadlineMs: copyDeadlineMs },
        context,
      )
      return done(`${place} is removed.`)
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
      does: [`systemctl stop holdfast-reading`, `rm -rf ${folder}`],
    }),
  ]
}

function readingPlace(site: KisekiSite, node: KisekiNode, context: StepContext): string {
  return `${placeOf(site, node, context)}-reading`
}
