/** What stands below `/opt/kiok` of a lab host: scripts with the names of kiok's own, that write down what was done to them. */

const about = `cd "$(dirname "$0")/.." || exit 1
key=absent
if [ -n "$KIOK_MASTER_KEY" ]; then
  key=wrong
  [ "$(printf %s "$KIOK_MASTER_KEY" | sha256sum | cut -c1-64)" = "$(cat /opt/lab/key.sha256)" ] && key=right
fi
s3=absent
[ -n "$KIOK_JOBLOG_S3_ACCESS_KEY$KIOK_JOBLOG_S3_SECRET_KEY" ] && s3=given
seen=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ')
shown=no
[ -n "$KIOK_MASTER_KEY" ] && case $seen in *"$KIOK_MASTER_KEY"*) shown=yes;; esac
[ -n "$KIOK_JOBLOG_S3_SECRET_KEY" ] && case $seen in *"$KIOK_JOBLOG_S3_SECRET_KEY"*) shown=yes;; esac
root=/kiok
for word do case $word in -Dkiok.zk.rootPath=*) root=\${word#*=};; esac; done
`

function start(role: 'master' | 'worker'): string {
  const stores =
    role === 'worker'
      ? ''
      : `for store in metadata kms iam connections joblog-temp; do
  [ -e "data/$store/CURRENT" ] || { mkdir -p "data/$store" && echo MANIFEST-000001 >"data/$store/CURRENT" && : >"data/$store/000004.log"; }
done
`
  return `#!/bin/sh
${about}
echo "start-${role} user=$(id -un) key=$key s3=$s3 shown=$shown root=$root bucket=$KIOK_JOBLOG_S3_BUCKET prefix=$KIOK_BACKUP_S3_PREFIX iterations=$KIOK_KMS_PBKDF2_ITERATIONS args=$*" >>/opt/lab/record
if [ -f bin/${role}.pid ] && kill -0 "$(cat bin/${role}.pid)" 2>/dev/null; then echo "${role} runs already" >&2; exit 1; fi
[ "$key" = right ] || { echo 'unseal failed: AEADBadTagException' >>logs/kiok.log; exit 0; }
${stores}sleep 3600 </dev/null >/dev/null 2>&1 &
echo $! >bin/${role}.pid
printf %s "$root" >/opt/lab/${role}.new && mv /opt/lab/${role}.new /opt/lab/${role}.up
exit 0
`
}

function stop(role: 'master' | 'worker'): string {
  return `#!/bin/sh
cd "$(dirname "$0")/.." || exit 1
echo "stop-${role}" >>/opt/lab/record
[ -f bin/${role}.pid ] || exit 0
kill "$(cat bin/${role}.pid)" 2>/dev/null
rm -f bin/${role}.pid /opt/lab/${role}.up
exit 0
`
}

/** Asks over the socket that the environment names, as the real one does; what it says over it is the lab's own. */
const client = `
import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
const [verb, ...words] = process.argv.slice(2)
const options = new Map()
for (let at = 0; at < words.length; at += 2) options.set(words[at], words[at + 1])
if (verb !== 'iam:reset-password' || options.get('--new-password') !== '-') { console.error('usage'); process.exit(2) }
const value = String(await buffer(process.stdin)).trim()
const call = request({ socketPath: process.env.KIOK_ADMIN_SOCKET, method: 'POST', path: '/' }, (reply) => {
  if (reply.statusCode === 200) { console.log('password reset'); process.exit(0) }
  console.error(reply.statusCode === 404 ? 'no such user' : 'refused'); process.exit(1)
})
call.on('error', () => { console.error('the admin socket does not answer'); process.exit(1) })
call.end(JSON.stringify({ user: options.get('--user'), value }))
`

/** By path below \`/opt\`. */
export function kiokScripts(keySha256: string, nodePath: string): Readonly<Record<string, string>> {
  return {
    'lab/key.sha256': keySha256,
    'kiok/bin/start-master.sh': start('master'),
    'kiok/bin/stop-master.sh': stop('master'),
    'kiok/bin/start-worker.sh': start('worker'),
    'kiok/bin/stop-worker.sh': stop('worker'),
    'kiok/bin/kiok-cli.sh': `#!/bin/sh
echo "kiok-cli $1 $2 $3 $4 $5 socket=$KIOK_ADMIN_SOCKET" >>/opt/lab/record
exec '${nodePath}' /opt/lab/client.mjs "$@"
`,
    'lab/client.mjs': client,
    'kiok/conf/kiok.properties': 'kiok.base.data.dir=./data\nkiok.kms.pbkdf2.iterations=1000\n',
    'java/bin/java': `#!/bin/sh
echo 'openjdk version "17.0.9" 2023-10-17' >&2
`,
  }
}
