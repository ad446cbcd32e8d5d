import { HoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { bytesWords } from '../../../../shared/domain/size-words.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import { notUnderstood } from '../live/on-host.ts'
import { findPgCtl } from '../restore/postgres-server.ts'
import { scriptOn, type Site } from '../restore/site.ts'
import { dataOf, trialPrefix, type Trial } from './trial-site.ts'

/** First what must not be above it, then the room, and whether the live data lies on the same file system. */
const look = `folder=$(cd -- "$1" && pwd -P) || exit 1
at=$folder
while :; do
  if [ -e "$at/PG_VERSION" ]; then echo "data $at"; fi
  if [ -e "$at/backup/$2/backup.info" ]; then echo "repository $at"; fi
  [ "$at" = / ] && break
  at=$(dirname "$at")
done
echo "free $(df -Pk -- "$folder" | awk 'NR == 2 { print $4 }')"
own=$(df -Pk -- "$folder" | awk 'NR == 2 { print $NF }')
live=$(df -Pk -- "$3" 2>/dev/null | awk 'NR == 2 { print $NF }')
if [ "$own" = "$live" ]; then echo 'live yes'; fi`

const spareBytes = 1024 ** 3

/** Throws `target.refused` or `target.full`, with nothing written. `plainBytes`: of the backup, unpacked. */
export async function refuseTrial(
  site: Site,
  host: RemoteHost,
  trial: Trial,
  plainBytes: number,
): Promise<void> {
  const { stanza, dataFolder } = site.config
  const text = await scriptOn(
    site,
    host,
    'Looking at the folder of the drill',
    look,
    [trial.above, stanza, dataFolder === '' ? '/' : dataFolder],
    { next: 'Make that folder first, so that the user of PostgreSQL may write there.' },
  )
  const told = new Map(
    text.split('\n').flatMap((line) => {
      const space = line.indexOf(' ')
      return space < 0 ? [] : [[line.slice(0, space), line.slice(space + 1).trim()] as const]
    }),
  )
  const holder = told.get('data') ?? told.get('repository')
  if (holder !== undefined) {
    throw new HoldfastError('target.refused', {
      what: `No drill is made in ${trial.above} on ${host.name}.`,
      why: `${printable(holder)} is ${told.has('data') ? 'a data folder of PostgreSQL' : 'the repository'}.`,
      unchanged: 'Nothing was written.',
      next: 'Name a folder that lies in neither.',
    })
  }
  const free = Number(told.get('free')) * 1024
  if (!Number.isFinite(free)) throw notUnderstood('df', host.name, text)
  // A server that goes on writes beside it: what fills its disk stops it.
  const times = told.has('live') ? 2 : 1.2
  const needed = Math.ceil(plainBytes * times) + spareBytes
  if (free >= needed) return
  throw new HoldfastError('target.full', {
    what: `There is not enough room in ${trial.above} on ${host.name}.`,
    why: `The backup unpacks to ${bytesWords(plainBytes)}; ${bytesWords(needed)} have to be free${told.has('live') ? ', since the data of the cluster lies on the same disk' : ''}, and ${bytesWords(free)} are.`,
    unchanged: 'Nothing was written.',
    next: 'Name a folder with more room, or another host.',
  })
}

const make = `set -e
umask 077
mkdir -- "$1.new"
printf '%s\\n%s\\n%s\\n' "$2" "$3" "$4" >"$1.new/drill"
mkdir -- "$1.new/data" "$1.new/run" "$1.new/lock" "$1.new/log" "$1.new/tablespaces"
mv -T -- "$1.new" "$1"`

/** With a note of whose it is, before anything else is in it. `desk`: of this installation. */
export async function makeTrial(
  site: Site,
  host: RemoteHost,
  { dir }: Trial,
  note: { readonly desk: string; readonly id: string; readonly since: string },
): Promise<void> {
  await scriptOn(site, host, 'Making the folder of the drill', make, [dir, note.desk, note.id, note.since], {
    next: 'The user of PostgreSQL has to be allowed to write there.',
  })
}

/**
 * Ends what runs in it and removes it: first a restore that was cut off, then the server, then the files, the note last. The links
 * to tablespaces are removed as links; another file system below it is left.
 */
const remove = `${findPgCtl}
dir=$2
case $dir in */${trialPrefix}*) ;; *) exit 9;; esac
[ "$(head -n 1 -- "$dir/drill" 2>/dev/null)" = "$3" ] || exit 0
for signal in TERM TERM TERM TERM TERM KILL; do
  pids=$(pgrep -u "$(id -u)" -f -- "--pg1-path=$dir/data( |\\$)") || break
  kill -s $signal $pids 2>/dev/null
  sleep 1
done
if [ -s "$data/PG_VERSION" ] && "$ctl" status -D "$data" >/dev/null; then
  "$ctl" stop -D "$data" -m immediate -w -t 60 >/dev/null || exit 8
fi
find "$dir" -mindepth 1 -maxdepth 1 ! -name drill -exec rm -rf --one-file-system -- {} + || exit 7
rm -f -- "$dir/drill" && rmdir -- "$dir"`

/** Nothing is done where it is not there, or is another installation's. */
export async function removeTrial(
  site: Site,
  host: RemoteHost,
  trial: Pick<Trial, 'dir'>,
  desk: string,
): Promise<void> {
  await scriptOn(site, host, 'Removing the folder of the drill', remove, [dataOf(trial), trial.dir, desk], {
    deadlineMs: 30 * 60_000,
    next: `Look at ${trial.dir} on that host; the next drill in the same folder tries again.`,
  })
}

const list = `for dir in "$1"/${trialPrefix}*; do
  [ -d "$dir" ] || continue
  if [ -f "$dir/drill" ]; then printf '%s\\t%s\\n' "$dir" "$(tr '\\n' '\\t' <"$dir/drill")"
  else rmdir -- "$dir" 2>/dev/null
  fi
done`

/** A folder of an earlier drill that nobody has removed. */
export interface LeftTrial {
  readonly dir: string
  readonly isOurs: boolean
  readonly since: string
}

export async function leftTrials(
  site: Site,
  host: RemoteHost,
  { above }: Trial,
  desk: string,
): Promise<readonly LeftTrial[]> {
  const text = await scriptOn(site, host, 'Looking for earlier drills', list, [above])
  return text.split('\n').flatMap((line): LeftTrial[] => {
    const [dir = '', whose = '', , since = ''] = line.split('\t')
    const isTrial = dir.startsWith(`${above}/${trialPrefix}`) && /^[\w./-]+$/.test(dir)
    return isTrial ? [{ dir, isOurs: whose === desk, since: printable(since) }] : []
  })
}
