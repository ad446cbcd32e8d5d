import { manual } from '../../../engine/runbook/steps.ts'

/** Source (raft_shard_store.rs, openraft_store.rs): no interface exists for any of these. The second was tried with 2026.40; the others are inferred. */
export const forbidden: readonly string[] = [
  'Never start a survivor with itself as the only peer: it opens another, empty log (raft/log.redb) and forgets the cluster.',
  'Never remove raft/shard-*.redb, nor start a member without it on an empty disk: its leader stops (“follower log reversion is not allowed”), goes on saying that all is well, and nothing can be written any more.',
  'Never set KISEKI_BOOTSTRAP on a node that was a member: numbers begin at 0 again, and new entries are never applied.',
  'Never run kiseki-server with an argument such as backup or repair: it knows none of them, ignores it, and starts another server.',
]

export const knowForbidden = manual({
  id: 'forbidden',
  section: 'before',
  title: 'Know what must not be done',
  why: 'Each of these looks like a way out and ends the data.',
  skip: 'nobody',
  does: forbidden,
})
