/**
 * Two functions for scripts on a host, in the words of POSIX sh. `rename FROM TO` gives a file or folder a name that nothing
 * has, or fails and has changed nothing; it needs what `renamer` names, which fails where the host has none of them.
 *
 * mv alone is not to be trusted with it: where the file system refuses the rename, mv copies, and what a copy that was cut
 * short leaves looks like what was moved. That happens within one mount, too: EXDEV for folders of a lower layer
 * (overlayfs, kernel documentation, "Renaming directories"; tried) and between quota projects (xfs_rename, ext4_rename; from
 * source). `mv --no-copy` came with GNU coreutils 9.5 (its NEWS).
 */
export const renameScript = `
renamer() {
if mv --no-copy --version >/dev/null 2>&1; then echo mv
else command -v perl || command -v python3 || command -v /usr/libexec/platform-python
fi
}
rename() {
if [ -e "$2" ] || [ -L "$2" ]; then echo "$2: File exists" >&2; return 1; fi
hf_renamer=$(renamer) || hf_renamer=
case $hf_renamer in
mv) mv -T -n --no-copy -- "$1" "$2";;
*perl) "$hf_renamer" -e 'rename $ARGV[0], $ARGV[1] or die "$ARGV[1]: $!\\n"' -- "$1" "$2";;
*python*) "$hf_renamer" -I -S -c 'import os, sys; os.rename(sys.argv[1], sys.argv[2])' "$1" "$2";;
*) echo "neither perl nor python3 nor mv --no-copy is there to rename $1" >&2; return 1;;
esac
}
`
