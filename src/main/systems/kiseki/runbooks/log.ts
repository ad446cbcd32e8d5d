import { runOn } from '../../../engine/runbook/on-host.ts'
import type { StepContext } from '../../../ports/runbook.ts'
import { as, userOn, type KisekiNode, type KisekiSite } from './site.ts'

/** The last lines of the unit's log; null where it cannot be read there. */
export async function logTail(
  site: KisekiSite,
  { host }: KisekiNode,
  context: StepContext,
): Promise<string | null> {
  const { code, stdout } = await runOn(
    host,
    {
      argv: ['journalctl', '--no-pager', '--output=cat', '--lines=100', `--unit=${site.unit}`],
      ...as(userOn(site, host)),
      deadlineMs: 30_000,
    },
    context,
  )
  return code !== 0 ? null : stdout.trim().slice(-16_384)
}

export type Cause = 'identity' | 'purgedLog' | 'nfsGate' | 'unknown'

interface Explained {
  readonly cause: Cause
  readonly sentence: string
  readonly next: string
}

/** Why a server does not start, in its own words (source: persistent_store.rs, raft_shard_store.rs, nfs_security.rs). The newest line counts. */
export function causeOf(log: string | null): Explained {
  if (log === null) {
    return {
      cause: 'unknown',
      sentence: 'Its log could not be read from here.',
      next: 'Read it on the host; do not restart any other node.',
    }
  }
  const found = causes
    .map((cause) => ({ cause, at: Math.max(...cause.words.map((words) => log.lastIndexOf(words))) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => b.at - a.at)[0]
  return (
    found?.cause ?? {
      cause: 'unknown',
      sentence: 'Its log says none of the things that are known.',
      next: 'Read its log; do not restart any other node.',
    }
  )
}

const causes: readonly (Explained & { readonly words: readonly string[] })[] = [
  {
    cause: 'identity',
    words: ['persistent key store'],
    sentence:
      'Its store of keys does not open: the node’s id, its TLS key or node-identity.key is another one than before.',
    next: 'Put back the same KISEKI_NODE_ID, the same bytes of the TLS key, and node-identity.key.',
  },
  {
    cause: 'purgedLog',
    words: ['failed to create Raft log store', 'need logs from index 0'],
    sentence:
      'Its log was purged before its state was kept: this is the restart trap, and no way out of it is known. Its objects can be read out.',
    next: 'Keep every other node up, and do not restart any. KS-9 reads out of a copy what its disk holds.',
  },
  {
    cause: 'nfsGate',
    words: ['KISEKI_ALLOW_PLAINTEXT_NFS', 'KISEKI_INSECURE_NFS'],
    sentence: 'It refuses NFS without TLS.',
    next: 'Give it the TLS files, or set both KISEKI_ALLOW_PLAINTEXT_NFS and KISEKI_INSECURE_NFS.',
  },
]
