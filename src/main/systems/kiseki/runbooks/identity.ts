import { printable } from '../../../../shared/domain/printable.ts'
import { mustRunOn } from '../../../engine/runbook/on-host.ts'
import { done, failed } from '../../../engine/runbook/outcomes.ts'
import { check } from '../../../engine/runbook/steps.ts'
import type { CheckStep, Outcome, StepContext } from '../../../ports/runbook.ts'
import { missingIds, seeNodes } from './nodes.ts'
import { as, userOn, type KisekiNode, type KisekiSite } from './site.ts'

/** Of the unit's environment these names alone: others are secrets, and never leave the host. */
const look = `files=$(systemctl show --property=EnvironmentFiles -- "$1" | sed -n 's/^EnvironmentFiles=\\([^ ]*\\).*/\\1/p')
for file in $files; do
  sed -n 's/^\\(KISEKI_\\(NODE_ID\\|BOOTSTRAP\\|DATA_DIR\\|KEY_PATH\\)\\)=/\\1=/p' "$file"
done
systemctl show --property=Environment -- "$1" | sed 's/^Environment=//' | tr ' ' '\\n' | sed -n 's/^"\\{0,1\\}\\(KISEKI_\\(NODE_ID\\|BOOTSTRAP\\|DATA_DIR\\|KEY_PATH\\)\\)=\\([^"]*\\)"\\{0,1\\}$/\\1=\\3/p'
for name in keys/epochs.redb node-identity.key raft; do [ -e "$2/$name" ] && echo "has=$name"; done
ls -- "$2"/raft/shard-*.redb >/dev/null 2>&1 && echo has=log
exit 0`

interface Identity {
  readonly address: string
  readonly settings: ReadonlyMap<string, string>
  /** What lies in the data folder. */
  readonly has: ReadonlySet<string>
  readonly evidence: Outcome['evidence']
}

async function readIdentity(node: KisekiNode, site: KisekiSite, context: StepContext): Promise<Identity> {
  const { stdout } = await mustRunOn(
    node.host,
    {
      argv: ['/bin/sh', '-c', look, 'sh', site.unit, site.dataFolder],
      ...as(userOn(site, node.host)),
      deadlineMs: 30_000,
    },
    context,
  )
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => {
      const cut = line.indexOf('=')
      return [line.slice(0, cut), line.slice(cut + 1)] as const
    })
  const settings = new Map(pairs.filter(([name]) => name.startsWith('KISEKI_')))
  return {
    address: node.host.address,
    settings,
    has: new Set(pairs.flatMap(([name, value]) => (name === 'has' ? [value] : []))),
    evidence: [...settings].map(([name, value]) => ({ name, value: printable(value) })),
  }
}

/** Why a server would not open what lies there, or open something else; null: it is a member's own. */
function strangeness(
  { address, settings, has, evidence }: Identity,
  { dataFolder }: KisekiSite,
): Outcome | null {
  if (!has.has('log') || !has.has('keys/epochs.redb')) {
    return failed(
      `${dataFolder} on ${address} is not the data folder of a member: its log or its store of keys is not there.`,
      {
        evidence,
        next: 'Bring back the original disk. Where it is gone, this node cannot be replaced: kiseki has no way to add a member. Keep the others up.',
      },
    )
  }
  const folder = settings.get('KISEKI_DATA_DIR')
  if (folder !== undefined && folder !== dataFolder) {
    return failed(`${address} has its data in ${printable(folder)}, not in ${dataFolder}.`, {
      evidence,
      next: 'Change the answer: give that folder.',
    })
  }
  if (!settings.has('KISEKI_KEY_PATH') && !has.has('node-identity.key')) {
    return failed(
      `${address} has neither a TLS key in its environment nor node-identity.key: its store of keys will not open.`,
      {
        evidence,
        next: 'Put node-identity.key back from a copy, or the TLS settings as they were.',
      },
    )
  }
  return null
}

/**
 * Source (persistent_store.rs): the store of keys is sealed with the node's id and its identity, the bytes of the TLS key or
 * node-identity.key; with another one the server does not start.
 */
export function ownDisk(id: string, node: KisekiNode, site: KisekiSite): CheckStep {
  const { address } = node.host
  return check({
    id,
    section: 'before',
    title: `Check that ${address} has its own disk`,
    why: 'Another TLS key or identity file keeps its store of keys shut, and with it every object.',
    touches: touches(site),
    look: async (context) => {
      const identity = await readIdentity(node, site, context)
      const { evidence } = identity
      return (
        strangeness(identity, site) ??
        done(`${address} has its own store of keys and its own log.`, { evidence })
      )
    },
  })
}

/** Also that it comes back as the member that it was: a new id cannot join, and an empty disk under an old one is no way back. */
export function identityKept(id: string, node: KisekiNode, site: KisekiSite): CheckStep {
  const { address } = node.host
  return check({
    id,
    section: 'before',
    title: `Check that ${address} is still the same node`,
    why: 'Another id, TLS key or identity file keeps its store of keys shut; a node with an empty disk, or a new id, has no way into the cluster.',
    touches: touches(site),
    look: async (context) => {
      const identity = await readIdentity(node, site, context)
      const { settings, evidence } = identity
      const strange = strangeness(identity, site)
      if (strange !== null) return strange
      if (/^(true|1)$/.test(settings.get('KISEKI_BOOTSTRAP') ?? '')) {
        return failed(`KISEKI_BOOTSTRAP is on for ${address}: it would begin a cluster of its own.`, {
          evidence,
          next: 'Take it out of its environment.',
        })
      }
      const seen = await seeNodes(site, context)
      const own = settings.get('KISEKI_NODE_ID') ?? ''
      const missing = missingIds(seen)
      const isUp = seen.some(({ node: each, facts }) => each.place === node.place && facts !== null)
      if (!isUp && missing.length > 0 && !missing.includes(own)) {
        return failed(`${address} is node ${printable(own)}, and the cluster misses ${missing.join(', ')}.`, {
          evidence,
          next: 'Put its own KISEKI_NODE_ID back.',
        })
      }
      return done(`${address} is node ${printable(own)}, with its own store of keys and its own log.`, {
        evidence,
      })
    },
  })
}

function touches({ unit, dataFolder }: KisekiSite): string {
  return `Reads four settings of ${unit}, and names in ${dataFolder}.`
}
