/**
 * What runs on the host in front of every command, in the words of POSIX sh, as the user of the command. Its arguments:
 * the mark, 1 where secrets come first, how data comes (none, framed, plain), the number of `NAME=value` words, these, then the
 * command.
 *
 * It says the mark on both outputs, so that what login shells and sudo said before can be told apart, and data is sent
 * only to a command that has started. Standard input is not the data itself but lines that announce it, because the
 * end of a connection must neither look like the end of the data nor leave the command running:
 *
 * - secrets: `=NAME=first line`, `+next line`, …, then `.`; they become arguments of the shell's own memory and are exported
 *   last, so no other process has them in its environment;
 * - framed data: `SIZE COUNT`, then SIZE x COUNT bytes; `0 0` is the end of the data;
 * - plain data, which tells its own end, follows as it is and goes to the command without a hand between;
 * - an end without a word before the command's own: the connection or the channel is gone, and the command's process
 *   group is ended, SIGTERM first, SIGKILL 3 s later. It is the group that sshd (`setsid` in `do_exec_no_pty`, OpenSSH
 *   session.c) or sudo made for this command; where it is not seen to be, the command's own process alone.
 *
 * A command without data, or with plain data, replaces the shell, so its status is exact. One with framed data has the shell as its parent, which
 * ends by the same signal.
 */
export const remoteScript = `hf_mark=$1 hf_secrets=$2 hf_data=$3 hf_left=$4
shift 4
exec 3<&0
printf '%s\\n' "$hf_mark"
printf '%s\\n' "$hf_mark" >&2
hf_lf='
'
if [ "$hf_secrets" = 1 ]; then
while IFS= read -r hf_line; do
case $hf_line in
=*) set -- "\${hf_line#=}" "$@"; hf_left=$((hf_left+1));;
+*) hf_first=$1; shift; set -- "$hf_first$hf_lf\${hf_line#+}" "$@";;
*) break;;
esac
done
[ "$hf_line" = . ] || exit 125
fi
hf_victim=$$
{ read -r hf_pid hf_name hf_state hf_parent hf_group hf_rest </proc/self/stat; } 2>/dev/null
if [ "$hf_group" = $$ ] || [ "$hf_group" = "$PPID" ]; then hf_victim=0; fi
hf_listen() {
trap '' HUP INT TERM
while read -r hf_size hf_count; do
if [ "$hf_size" = 0 ]; then exec >/dev/null
else dd bs="$hf_size" count="$hf_count" iflag=fullblock || { exec >/dev/null; cat; break; }
fi
done
kill -0 $$ || exit 0
kill -TERM $hf_victim
sleep 3
kill -KILL $hf_victim
}
hf_run() {
exec 3<&-
while [ "$hf_left" -gt 0 ]; do
export "$1" || exit 125
shift
hf_left=$((hf_left-1))
done
exec "$@"
}
if [ "$hf_data" = plain ]; then hf_run "$@" <&3; fi
if [ "$hf_data" = framed ]; then
{ hf_listen <&3 3<&- 2>/dev/null & } | hf_run "$@"
hf_code=$?
if [ $hf_code -gt 128 ]; then
ulimit -c 0
kill -s "$(kill -l $hf_code)" $$
fi 2>/dev/null
exit $hf_code
fi
hf_listen <&3 3<&- >/dev/null 2>&1 &
hf_run "$@" </dev/null
`
