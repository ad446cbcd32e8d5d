import { manual } from '../../../engine/runbook/steps.ts'

/** Source (raft_shard_store.rs, openraft_store.rs): no interface exists for any of these. Inferred what they would do. */
export const forbidden: readonly string[] = [
  'Never start a survivor with itself as the only peer: it opens another, empty log (raft/log.redb) and forgets the cluster.',
  'Never remove raft/shard-*.redb, and never set KISEKI_BOOTSTRAP on a node that was a member: numbers begin at 0 again, and new entries are never applied.',
  'Never give a new node the id of a lost one on an empty disk: the leader may stop, or wait for it for ever.',
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
