/** What has to be said the same way in every runbook of kiseki, because the source leaves no other way. */

/** Source: log/raft/state_machine.rs, openraft storage/helper.rs; inferred, not executed. */
export const restartTrap =
  'Restart trap: a node keeps its state in memory and throws its log away after about 2 000 entries. One that is restarted later may stop with “need logs from index 0” and not come back with its own data folder. A healthy node is never restarted.'

/** Source (raft_shard_store.rs, openraft_store.rs): no interface exists for any of these. Inferred what they would do. */
export const forbidden: readonly string[] = [
  'Never start a survivor with itself as the only peer: it opens another, empty log (raft/log.redb) and forgets the cluster.',
  'Never remove raft/shard-*.redb, and never set KISEKI_BOOTSTRAP on a node that was a member: numbers begin at 0 again, and new entries are never applied.',
  'Never give a new node the id of a lost one on an empty disk: the leader may stop, or wait for it for ever.',
  'Never run kiseki-server with an argument such as backup or repair: it knows none of them, ignores it, and starts another server.',
]

/** Source (storage_admin.rs, scrub_scheduler.rs): a pass that failed is recorded as succeeded with zeros. */
export const zeros =
  'It says “succeeded” with zeros in every count: so ends a pass that found nothing, and so ends one that failed. It proves nothing.'
