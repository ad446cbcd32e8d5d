/**
 * What every script on the host begins with, in the words of POSIX sh and GNU coreutils. A script gets what it works on
 * as arguments, never as part of its text. Folders are entered one in another and compared, by device and inode, with
 * what was seen when they were first looked at; from then on a script works on `.`, `./NAME` and on open folders as
 * `/proc/self/fd/N` (proc(5)), so that a folder that is swapped for a link meanwhile leads nowhere.
 */

/** How a script ends, beside 0 and what its last program says. */
export const scriptEnds = {
  /** A folder on the way is gone, or is another one now. */
  swapped: 90,
  /** What is asked for is not there. */
  missing: 91,
  /** The lock is no longer this run's. */
  unlocked: 92,
  /** Something stands there already. */
  standing: 93,
  /** Neither a file nor a folder. */
  strange: 94,
  /** Two places are not in one mount, so nothing can be renamed between them. */
  apart: 95,
} as const

/** What holds the journal, locks and staging, in the target folder; the same as of a target on this machine. */
export const bookkeepingName = '.holdfast'

const { swapped, unlocked } = scriptEnds

export const prelude = `
export LC_ALL=C PATH="$PATH:/usr/sbin:/usr/bin:/sbin:/bin"
unset TAR_OPTIONS POSIXLY_CORRECT CDPATH
umask 077
say() { printf '%s\\0' "$@"; }
id_of() { stat -c %d:%i -- "$1"; }
enter() {
cd -P -- "$1" 2>/dev/null || exit ${swapped}
[ "$(id_of .)" = "$2" ] || exit ${swapped}
}
below() {
hf_above=$(id_of .)
cd -P -- "./$1" 2>/dev/null || exit ${swapped}
[ "$(id_of ..)" = "$hf_above" ] || exit ${swapped}
[ -z "$2" ] || [ "$(id_of .)" = "$2" ] || exit ${swapped}
}
book() { below .holdfast "$1"; }
staged() {
below staging ''
below "$1" "$2"
}
hold() {
[ -f "./$1" ] || exit ${unlocked}
command exec 9<"./$1" || exit ${unlocked}
flock -x 9 2>/dev/null || flock -s -n 9 || exit ${unlocked}
[ "$(stat -L -c %d:%i /proc/self/fd/9)" = "$(id_of "./$1")" ] || exit ${unlocked}
kill -0 "$2" 2>/dev/null || exit ${unlocked}
}
show_locks() {
for hf_file in lock-*; do
[ -f "./$hf_file" ] || continue
hf_text=$(head -c 4096 -- "./$hf_file") || continue
hf_pid=\${hf_text#*\\"pid\\":}
hf_pid=\${hf_pid%%[!0-9]*}
hf_seen= hf_stat=
case $hf_pid in
''|0*) ;;
*) hf_seen=$(kill -0 "$hf_pid" 2>&1)
{ IFS= read -r hf_stat <"/proc/$hf_pid/stat"; } 2>/dev/null;;
esac
say lock "$hf_file" "$hf_text" "$hf_seen" "$hf_stat"
done
}
`
