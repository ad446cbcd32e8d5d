/**
 * Defines `alive PID` for a script of `sh`. A process that has ended and whose parent has not waited for it (proc(5), states Z and X)
 * stands in /proc and takes signals, and is gone all the same.
 */
export const defineAlive = `alive() {
[ -n "$1" ] || return 1
case $(sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null) in ''|[ZX]*) return 1;; esac
}
`
