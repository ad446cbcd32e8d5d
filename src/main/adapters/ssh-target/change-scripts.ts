import { renameScript } from '../../../shared/domain/rename-script.ts'
import { prelude, scriptEnds } from './prelude.ts'

/**
 * Scripts of the holder of the lock. Their first five arguments are the target and its identity, the identity of its
 * bookkeeping, the lock file and the process that holds it; `hold` keeps the lock until the script and all that it started have ended,
 * and first waits for those of a script before it that was given up here and still works there. NFS locks for one alone only what is
 * open for writing (flock(2)); there all of them share it.
 */
const begin = `${prelude}
hf_target=$1 hf_id=$2 hf_book=$3
enter "$hf_target" "$hf_id"
book "$hf_book"
hold "$4" "$5"
shift 5
`

/** The byte at which the line, from standard input, begins; 1 where the journal is new. */
export const writeJournalScript = `${begin}
hf_size=0
if [ -e ./journal ] || [ -L ./journal ]; then
[ -f ./journal ] && [ ! -L ./journal ] && [ "$(stat -c %h -- ./journal)" = 1 ] || exit ${scriptEnds.strange}
hf_size=$(stat -c %s -- ./journal)
fi
[ "$hf_size" -ge "$1" ] || exit ${scriptEnds.missing}
if [ "$hf_size" -gt "$1" ]; then
dd of=./journal bs=1 seek="$1" count=0 oflag=nofollow status=none </dev/null || exit 1
fi
dd of=./journal bs=64k iflag=fullblock oflag=nofollow,append conv=notrunc,fsync status=none || exit 1
[ "$1" != 0 ] || sync .
`

/** The run. Says the identity of its folder. */
export const createStagingScript = `${begin}
[ -e ./staging ] || [ -L ./staging ] || mkdir -m 700 ./staging || exit 1
below staging ''
[ -e "./$1" ] || [ -L "./$1" ] || mkdir -m 700 -- "./$1" || exit 1
below "$1" ''
say staging "$(stat -c '%f %u %g %a %d:%i' .)"
`

/**
 * The run, its identity, then what tar does with owners. The archive comes in; everything that tar says goes out. tar follows a link
 * that stands in the place of a folder it has made: only this account and root can put one there, for the run's folder is theirs alone (0700).
 */
export const unpackScript = `${begin}
staged "$1" "$2"
exec tar --extract --file=- --blocking-factor=512 --read-full-records --keep-old-files --preserve-permissions --touch --numeric-owner "$3" 2>&1
`

/** The run and its identity. Writes out the whole file system: one call for however many files (syncfs(2)). */
export const syncScript = `${begin}
staged "$1" "$2"
sync -f . || exit 1
sync . .. ../.. ../../..
`

/** The run. */
export const removeStagingScript = `${begin}
[ -e ./staging ] || [ -L ./staging ] || exit 0
below staging ''
rm -rf --one-file-system -- "./$1" || exit 1
sync .
`

/**
 * Two places, each as run (empty: the target itself), the identity of the run's folder, and name. A file gets its new name
 * as a second one, which fails where something stands, and loses the old one when that is durable; a folder is renamed
 * within one mount, and never copied.
 */
export const moveScript = `${begin}${renameScript}
place() {
enter "$hf_target" "$hf_id"
if [ -n "$1" ]; then
book "$hf_book"
staged "$1" "$2"
fi
}
place "$1" "$2"
exec 3<.
place "$4" "$5"
exec 4<.
hf_from=/proc/self/fd/3/$3 hf_to=/proc/self/fd/4/$6
hf_old=$(stat -c '%f %d:%i' -- "$hf_from" 2>/dev/null)
hf_new=$(stat -c '%f %d:%i' -- "$hf_to" 2>/dev/null)
mount_of() { while IFS= read -r hf_line; do case $hf_line in mnt_id:*) printf %s "$hf_line";; esac; done; }
rename_within() {
[ "$(mount_of </proc/self/fdinfo/3)" = "$(mount_of </proc/self/fdinfo/4)" ] || exit ${scriptEnds.apart}
rename "$hf_from" "$hf_to" || exit 1
[ "$(stat -c '%f %d:%i' -- "$hf_to" 2>/dev/null)" = "$hf_old" ] || exit ${scriptEnds.standing}
}
case $hf_old in
'') [ -n "$hf_new" ] || exit ${scriptEnds.missing};;
8*) if [ -z "$hf_new" ]; then
if ln -P -T -- "$hf_from" "$hf_to" 2>/dev/null; then hf_new=$hf_old
elif [ -n "$(stat -c %f -- "$hf_to" 2>/dev/null)" ]; then exit ${scriptEnds.standing}
else rename_within
fi
fi
if [ -n "$hf_new" ]; then
[ "$hf_old" = "$hf_new" ] || exit ${scriptEnds.standing}
sync /proc/self/fd/4 || exit 1
unlink "$hf_from" || exit 1
fi;;
4*) [ -z "$hf_new" ] || exit ${scriptEnds.standing}
rename_within;;
*) exit ${scriptEnds.strange};;
esac
sync /proc/self/fd/4 /proc/self/fd/3
`
