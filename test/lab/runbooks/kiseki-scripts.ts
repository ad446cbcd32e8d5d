import { waitsWhereHeld } from './hosts.ts'

/** What stands below `/opt` of a lab host of kiseki: a unit that is a file, its log, and a server that must never be called. */

const systemctl = `#!/bin/sh
cd /opt/lab || exit 1
case $1 in
is-active)
  if [ -f node.up ]; then echo active; exit 0; fi
  if [ -f failed ]; then echo failed; exit 3; fi
  echo inactive; exit 3;;
show)
  case $2 in
  --property=EnvironmentFiles) echo 'EnvironmentFiles=/opt/kiseki/kiseki.env (ignore_errors=no)';;
  *) echo 'Environment=RUST_LOG=info';;
  esac
  exit 0;;
stop) echo "stop $3" >>record; rm -f node.up; exit 0;;
reset-failed) rm -f failed; exit 0;;
start)
  echo "start $3" >>record
  if [ -s refuses ]; then cat refuses >>log; touch failed; exit 1; fi
  if [ "$(cat /opt/kiseki/data/raft/shard-*.redb 2>/dev/null || echo 0)" -ge 2000 ]; then
    echo 'failed to create Raft log store (follower): Unavailable' >>log; touch failed; exit 1
  fi
  [ -e /opt/kiseki/data/metadata/compositions.redb ] || echo rebuilt >/opt/kiseki/data/metadata/compositions.redb
  [ -s /opt/kiseki/data/metadata/compositions.redb ] || { rm -f /opt/kiseki/data/metadata/compositions.redb; touch failed; exit 1; }
  rm -f failed
  : >node.new && mv node.new node.up
  ${waitsWhereHeld('/opt/lab')}
  exit 0;;
esac
exit 1
`

const journalctl = `#!/bin/sh
cat /opt/lab/log 2>/dev/null
exit 0
`

/** Source (main.rs): an argument that it does not know is ignored, and it starts. */
const server = `#!/bin/sh
echo "kiseki-server $*" >>/opt/lab/record
`

export function kisekiScripts(node: number): Readonly<Record<string, string>> {
  return {
    'bin/systemctl': systemctl,
    'bin/journalctl': journalctl,
    'bin/kiseki-server': server,
    'kiseki/kiseki.env': [
      `KISEKI_NODE_ID=${node}`,
      'KISEKI_DATA_DIR=/opt/kiseki/data',
      'KISEKI_BOOTSTRAP=false',
      'KISEKI_BACKUP_S3_SECRET_KEY=a-node-secret-shown-nowhere',
      '',
    ].join('\n'),
  }
}
