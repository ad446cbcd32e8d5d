import { prelude, scriptEnds } from './prelude.ts'

/**
 * The process that holds a lock. Its standard input is a pipe that ends with the connection, or when the beats stop. It is
 * in a session of its own, so that what ends the command leaves it alone until everything that still works under its lock
 * is gone: those hold the lock file open and locked (`hold`). Arguments: the name, then its content around the process
 * number and the start time. `command` keeps the shell alive where the file cannot be opened any more: another run may have
 * swept it, and who waits for `held` has to hear of it (POSIX: a redirection error of a special built-in ends the shell).
 */
const holderScript = `${prelude}
trap '' HUP INT TERM PIPE
hf_name=$1 hf_first=$2 hf_middle=$3 hf_last=$4
IFS= read -r hf_stat <"/proc/$$/stat"
set -- \${hf_stat##*) }
fail() { rm -f -- "./$hf_name" "./$hf_name.new"; say failed; exit "$1"; }
printf '%s%s%s%s%s\\n' "$hf_first" "$$" "$hf_middle" "\${20}" "$hf_last" |
dd of="./$hf_name.new" conv=excl,fsync oflag=nofollow status=none || fail 1
command exec 9<"./$hf_name.new" || fail ${scriptEnds.missing}
mv -T -n -- "./$hf_name.new" "./$hf_name" 2>/dev/null
[ -f "./$hf_name" ] || fail ${scriptEnds.missing}
show_locks
say held "$$"
cat >/dev/null
if ! flock -x -n 9; then
for hf_pid in $(exec 9<&-; find /proc/[0-9]*/fd -maxdepth 1 -lname "*/$hf_name" 2>/dev/null); do
hf_pid=\${hf_pid#/proc/}
hf_pid=\${hf_pid%%/*}
[ "$hf_pid" = "$$" ] || kill -KILL "$hf_pid" 2>/dev/null
done
flock -x 9
fi
rm -f -- "./$hf_name"
`

/**
 * The target and its identity, the identity of its bookkeeping, the seconds after which a connection without a beat is
 * dead, and what the holder gets. Shows the lock, says which others are there, and keeps it until standard input ends or nothing comes.
 * Each beat goes on to the holder, so that the next one after its death ends this as well.
 */
export const lockScript = `${prelude}
enter "$1" "$2"
book "$3"
hf_patience=$4
shift 4
{ while [ "$(timeout --foreground "$hf_patience" head -c 1)" = . ]; do printf . || break; done; } |
setsid /bin/sh -c '${holderScript.replaceAll("'", "'\\''")}' sh "$@"
`

/**
 * The target and its identity, the identity of its bookkeeping, then locks of dead runs: removes them, and what runs left
 * unfinished. `missing` where something that a dead run began is still ending.
 */
export const sweepLocksScript = `${prelude}
enter "$1" "$2"
book "$3"
shift 3
for hf_file do
[ -f "./$hf_file" ] || continue
( exec 8<"./$hf_file" && flock -x -n 8 && rm -f -- "./$hf_file" ) 2>/dev/null
[ ! -e "./$hf_file" ] || exit ${scriptEnds.missing}
done
for hf_file in lock-*.new; do [ "\${#hf_file}" != 41 ] || rm -f -- "./$hf_file"; done
sync .
`

/** The folder above, its identity, the target's name: makes the target and its bookkeeping where they are missing. */
export const makeScript = `${prelude}
enter "$1" "$2"
if [ ! -e "./$3" ] && [ ! -L "./$3" ]; then
mkdir -m 700 -- "./$3" || exit 1
chown "$(id -u):$(id -g)" "./$3" || exit 1
sync . 2>/dev/null
fi
below "$3" "$4"
if [ ! -e ./.holdfast ] && [ ! -L ./.holdfast ]; then
mkdir -m 700 ./.holdfast || exit 1
sync . || exit 1
fi
`
