import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the programs of one host are told of the lab. */
export interface HostFacts {
  readonly place: number
  /** Where processes connect to as long as they live. */
  readonly controlPort: number
  /** Every program appends what was done to it; never a secret. */
  readonly record: string
  /** Archives by `<backupId>.tar.gz`. */
  readonly bucket: string
  /** What stands for `/` on the host. */
  readonly site: string
  readonly dialect: 1 | 2
  readonly fingerprint: string
}

const common = `#!/bin/bash
. "$(dirname "$0")/lab.conf"
record() { echo "host-$LAB_PLACE $*" >>"$LAB_RECORD"; }
fingerprint() { printf '%s' "chango-master-key-fingerprint:v1:$CHANGO_MASTER_KEY" | sha256sum | cut -c1-16; }
has() { if [ -n "$1" ]; then echo yes; else echo no; fi; }
# Whether a secret stands in the arguments of any process, where ps would show it.
shown() { [ -n "$1" ] && grep -qsF -f <(printf '%s' "$1") /proc/[0-9]*/cmdline && echo yes || echo no; }
home=$(cd "$(dirname "$0")/.." && pwd)
`

/** As the documents have it: into the background, and the process in a file beside the script. */
const start = (name: string, pidFile: string, detail: string): string => `${common}
record "start-${name} user=$(id -un) java=$(has "$JAVA_HOME") ${detail}"
if [ ${name} = master ] && [ -e "$home/bin/slow" ]; then : >"$home/bin/slow.reached"; while [ ! -e "$home/bin/slow.go" ]; do sleep 0.05; done; rm "$home/bin/slow"; fi
nohup bash "$home/bin/process.sh" ${name} "$(fingerprint)" >>"$LAB_SITE/var/log/chango/${name}.out" 2>&1 </dev/null &
echo $! >"$home/bin/${pidFile}"
exit 0
`

/** A process lives as long as its connection to the lab does, and the other way round. */
const processScript = `#!/bin/bash
. "$(dirname "$0")/lab.conf"
exec 3<>"/dev/tcp/127.0.0.1/$LAB_CONTROL" || exit 1
[ "$1" = master ] && : >"$(dirname "$0")/../data/master/admin.sock"
echo "$1 $LAB_PLACE $2" >&3
while read -r word rest <&3; do
case $word in say) echo "$rest";; exit) exit 1;; esac
done
`

const stop = (name: string, pidFile: string): string => `${common}
record "stop-${name} user=$(id -un)"
read -r pid <"$home/bin/${pidFile}" || exit 1
kill "$pid" 2>/dev/null
while [ -d "/proc/$pid" ]; do sleep 0.05; done
exit 0
`

const tool = `${common}
case "$1 $2" in
"backup --help")
  [ "$LAB_DIALECT" = 2 ] || { echo "unknown command: backup"; exit 2; }
  echo "usage: chango-cli.sh backup list | inspect --backup-id ID | restore --backup-id ID [--chown USER:GROUP] [--yes]"; exit 0;;
"backup inspect"|"backup restore")
  [ "$LAB_DIALECT" = 2 ] || { echo "unknown command: backup"; exit 2; }
  verb=$2 id=$4
  record "$1-$verb user=$(id -un) id=$id key=$(has "$CHANGO_MASTER_KEY") s3=$(has "$CHANGO_BACKUP_S3_SECRET_KEY") shown=$(shown "$CHANGO_MASTER_KEY")$(shown "$CHANGO_BACKUP_S3_SECRET_KEY") bucket=$CHANGO_BACKUP_S3_BUCKET"
  [ -f "$LAB_BUCKET/$id.tar.gz" ] || { echo "no such backup: $id" >&2; exit 5; }
  [ "$(fingerprint)" = "$LAB_FINGERPRINT" ] || { echo "master key fingerprint does not match" >&2; exit 3; }
  [ "$verb" = inspect ] && { echo "restorable"; exit 0; }
  for file in "$home"/bin/master*.pid; do [ -e "$file" ] && [ -d "/proc/$(cat "$file")" ] && { echo "a master answers on its socket" >&2; exit 6; }; done
  root=$home/data/master stamp=$(date +%s%3N)
  for store in kms iam metadata patches; do [ -e "$root/$store" ] && mv "$root/$store" "$root/$store.before-restore-$stamp"; done
  if [ -e "$home/bin/cut-restore" ]; then mkdir "$root/kms"; kill -KILL $PPID $$; fi
  tar -xzf "$LAB_BUCKET/$id.tar.gz" -C "$LAB_SITE" --exclude 'tmp/*' || exit 7
  echo "verified: restored keystore opens with the supplied master key"; exit 0;;
"master-key status")
  [ "$LAB_DIALECT" = 2 ] || { echo "unknown command: master-key"; exit 2; }
  record "master-key-status user=$(id -un) socket=$CHANGO_ADMIN_SOCKET"
  [ -e "$CHANGO_ADMIN_SOCKET" ] || { echo "no socket" >&2; exit 4; }
  echo "master key: loaded  fingerprint: $LAB_FINGERPRINT"; exit 0;;
"iam:reset-password "*)
  IFS= read -r password
  record "reset-password user=$(id -un) argv=$* socket=$CHANGO_ADMIN_SOCKET password=$(has "$password") shown=$(shown "$password")"
  exec 3<>"/dev/tcp/127.0.0.1/$LAB_CONTROL" || exit 1
  echo "password $LAB_PLACE $password" >&3
  read -r answer <&3
  [ "$answer" = ok ] && { echo "password reset"; exit 0; }
  echo "$answer" >&2; exit 8;;
esac
echo "unknown command: $*" >&2
exit 2
`

const zooKeeperTool = `${common}
exec 3<>"/dev/tcp/127.0.0.1/$LAB_CONTROL" || exit 1
case $3 in get) echo "leader $LAB_PLACE" >&3;; *) echo "nodes $LAB_PLACE" >&3;; esac
cat <&3
`

/** The programs of chango’s \`bin\`, which do nothing but tell the lab and write down what was done to them. */
export async function writePrograms(bin: string, facts: HostFacts): Promise<void> {
  await mkdir(bin, { recursive: true })
  const write = async (name: string, text: string, mode: number): Promise<void> => {
    await writeFile(join(bin, name), text)
    await chmod(join(bin, name), mode)
  }
  await write(
    'lab.conf',
    Object.entries({
      LAB_PLACE: facts.place,
      LAB_CONTROL: facts.controlPort,
      LAB_RECORD: facts.record,
      LAB_BUCKET: facts.bucket,
      LAB_SITE: facts.site,
      LAB_DIALECT: facts.dialect,
      LAB_FINGERPRINT: facts.fingerprint,
    })
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(''),
    0o644,
  )
  const keyFacts = 'key=$(has "$CHANGO_MASTER_KEY") shown=$(shown "$CHANGO_MASTER_KEY") $*'
  await write('process.sh', processScript, 0o755)
  await write('start-master.sh', start('master', 'master-8080.pid', keyFacts), 0o755)
  await write('stop-master.sh', stop('master', 'master-8080.pid'), 0o755)
  await write('start-zk.sh', start('zookeeper', 'zookeeper.pid', ''), 0o755)
  await write('stop-zk.sh', stop('zookeeper', 'zookeeper.pid'), 0o755)
  await write('chango-cli.sh', tool, 0o755)
  await write('zkCli.sh', zooKeeperTool, 0o755)
}
