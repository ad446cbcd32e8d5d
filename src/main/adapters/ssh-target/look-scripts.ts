import { renameScript } from '../../../shared/domain/rename-script.ts'
import { prelude, scriptEnds } from './prelude.ts'

/** Scripts that change nothing. Each says fields that end with NUL. */

/**
 * Looks at a place for the first time. Arguments: the folder above as it was typed, the target's name, then folders of the
 * system. The tools come first: without them nothing else can be said.
 */
export const placeScript = `${prelude}${renameScript}
hf_lacks=
lacks() { hf_lacks=1; say lacks "$1"; }
for hf_tool in cat chown cut date dd find flock head id ln mkdir mv readlink rm setsid sha256sum sort stat sync tar timeout uname unlink xargs; do
command -v "$hf_tool" >/dev/null 2>&1 || lacks "$hf_tool"
done
for hf_tool in dd find mv sha256sum stat sync tar; do
case $("$hf_tool" --version 2>/dev/null) in *GNU*) ;; *) lacks "the GNU version of $hf_tool";; esac
done
renamer >/dev/null || lacks "perl, python3 or the mv of GNU coreutils 9.5"
sha256sum -z </dev/null >/dev/null 2>&1 || lacks "sha256sum -z (GNU coreutils 8.25)"
[ -d /proc/self/fd ] || lacks /proc
[ -z "$hf_lacks" ] || exit 0
cd -P -- "$1" 2>/dev/null || exit ${scriptEnds.missing}
say above "$(pwd -P)" "$(id_of .)"
hf_up=.
while :; do
say way "$(stat -c '%a %d:%i' -- "$hf_up")"
[ "$(id_of "$hf_up")" = "$(id_of "$hf_up/..")" ] && break
hf_up=$hf_up/..
done
say account "$(id -u) $(id -g)"
say host "$(uname -n)" "$(cat /proc/sys/kernel/random/boot_id)" "$(readlink /proc/self/ns/pid)"
say clock "$(date +%s)"
say links "$(cat /proc/sys/fs/protected_hardlinks 2>/dev/null)"
hf_name=$2
shift 2
for hf_folder do say system "$(stat -L -c %d:%i -- "$hf_folder" 2>/dev/null)"; done
say home "$HOME" "$(stat -L -c %d:%i -- "$HOME" 2>/dev/null)"
if [ -n "$SUDO_USER" ]; then
while IFS=: read -r hf_user hf_x hf_uid hf_gid hf_gecos hf_home hf_shell; do
[ "$hf_user" = "$SUDO_USER" ] && say home "$hf_home" "$(stat -L -c %d:%i -- "$hf_home" 2>/dev/null)"
done </etc/passwd
fi
say standing "$(stat -c '%f %u %g %a %d:%i' -- "./$hf_name" 2>/dev/null)"
`

/** The folder above and its identity, the target's name: what stands there and in it, as far as it exists. */
export const lookScript = `${prelude}
enter "$1" "$2"
hf_target=$(stat -c '%f %u %g %a %d:%i' -- "./$3" 2>/dev/null)
say target "$hf_target"
case $hf_target in
4*) below "$3" ''
[ "\${hf_target##* }" = "$(id_of .)" ] || exit ${scriptEnds.swapped}
say book "$(stat -c '%f %u %g %a %d:%i' -- ./.holdfast 2>/dev/null)";;
esac
`

/** The folder to survey and its identity; then 1 where its entries are wanted (it is the target, not the folder above). */
export const surveyScript = `${prelude}
enter "$1" "$2"
exec 3<.
say space "$(stat -f -c '%a %S' .)"
if env test -w . -a -x .; then say may yes; else say may no; fi
while IFS= read -r hf_line; do case $hf_line in mnt_id:*) say mount "\${hf_line#mnt_id:}";; esac; done </proc/self/fdinfo/3
while IFS= read -r hf_line; do say point "$hf_line"; done </proc/self/mountinfo
if [ "$3" = 1 ]; then
say owner "$(stat -c '%u %g' .)"
find . -mindepth 1 -maxdepth 1 -printf 'entry\\0%y %D:%i %U %G\\0%f\\0'
fi
`

/** The target and its identity, the identity of its bookkeeping: all that stands in the staging folders. */
export const stagingScript = `${prelude}
enter "$1" "$2"
book "$3"
while IFS= read -r hf_line; do say point "$hf_line"; done </proc/self/mountinfo
[ -e ./staging ] || [ -L ./staging ] || exit 0
below staging ''
find . -mindepth 1 -maxdepth 2 -printf 'entry\\0%y %D:%i %U %G\\0%P\\0'
`

/** The target and its identity, the identity of its bookkeeping: the journal as it stands. */
export const journalScript = `${prelude}
enter "$1" "$2"
book "$3"
[ -e ./journal ] || [ -L ./journal ] || exit ${scriptEnds.missing}
[ -f ./journal ] && [ ! -L ./journal ] && [ "$(stat -c %h -- ./journal)" = 1 ] || exit ${scriptEnds.strange}
exec dd if=./journal bs=64k iflag=nofollow status=none
`

/** The target and its identity, the identity of its bookkeeping: what is known of the processes that its locks name. */
export const locksScript = `${prelude}
enter "$1" "$2"
book "$3"
show_locks
`

/** What is mounted where: as this script sees it, then as the processes of each mount namespace do that can be seen. */
export const namespacesScript = `${prelude}
say "$(readlink /proc/self/ns/mnt)" "$(cut -d " " -f 1-5 /proc/self/mountinfo)"
find /proc/[0-9]*/ns/mnt -maxdepth 0 -printf '%l %h\n' 2>/dev/null | sort -u -k 1,1 | while read -r hf_ns hf_folder; do
say "$hf_ns" "$(cut -d " " -f 1-5 "\${hf_folder%/ns}/mountinfo" 2>/dev/null)"
done
exit 0
`

/**
 * The patterns of find's -lname, joined by -o: processes that hold or stand in what one of them names, each with its mount
 * namespace.
 */
export const usersScript = `${prelude}
find /proc/[0-9]*/cwd /proc/[0-9]*/root /proc/[0-9]*/fd -maxdepth 1 -type l \\( "$@" \\) -exec /bin/sh -c '
hf_pid=\${1#/proc/}
hf_pid=\${hf_pid%%/*}
hf_name="?"
{ IFS= read -r hf_name <"/proc/$hf_pid/comm"; } 2>/dev/null
printf "%s\\0" "$(readlink "/proc/$hf_pid/ns/mnt")" "$hf_pid" "$hf_name" "$(readlink -- "$1")"' sh '{}' ';' 2>/dev/null
exit 0
`

/**
 * The target and its identity; the identity of its bookkeeping, a run (empty: the target itself) and the identity of its
 * folder; a name: hashes every file at or below the name. All entries are listed before and after: whoever changes or swaps one of them meanwhile leaves another listing (times of change cannot be set, inode(7)).
 */
export const hashScript = `${prelude}
enter "$1" "$2"
if [ -n "$4" ]; then
book "$3"
[ -d ./staging ] && [ -d "./staging/$4" ] || exit ${scriptEnds.missing}
staged "$4" "$5"
fi
shift 5
hf_kind=$(stat -c %f -- "./$1" 2>/dev/null) || exit ${scriptEnds.missing}
case $hf_kind in 4*|8*) ;; *) say other ''; exit 0;; esac
list() { find "./$1" -printf '%y %D:%i %s %C@ %P\\0' | sort -z | sha256sum; }
hf_other=$(find "./$1" ! -type f ! -type d -printf '%P/' -quit) || exit 1
if [ -n "$hf_other" ]; then say other "\${hf_other%/}"; exit 0; fi
hf_before=$(list "$@") || exit 1
case $hf_kind in 4*) say folder;; *) say file;; esac
find "./$1" -type f -printf 'F%s %P\\0' || exit 1
find "./$1" -type f -print0 | xargs -0 -r sha256sum -z -- || exit 1
hf_after=$(list "$@") || exit 1
if [ "$hf_before" = "$hf_after" ]; then say same; else say changed; fi
`
