/** The page of faults, in its sections. What a run does not make it leaves as it was. */

const titles = { restores: '## Restores and rollbacks', runbooks: '## Runbooks' } as const
export type Section = keyof typeof titles

const head = `# Faults

What a restore, a rollback or a runbook leaves behind when something goes wrong in its middle: exactly the state before it or
exactly the state after it, never one between. This page is written by \`npm run faults\`, which causes each fault at the points of
each step and compares what stands afterwards. A run of a part of it leaves the other rows as an earlier run has made them.
`

const about: Readonly<Record<Section, string>> = {
  restores: `Every byte of the target is compared, with the state before and with the state that an undisturbed run leaves.

- _on this machine_: a folder of the machine that Holdfast runs on. _over SSH_: by the commands that are sent to a host, each a real
  process, without a login. _over a real sshd_: logged in to a real OpenSSH server.
- _desktop killed_: the process ends at an operation and does nothing more. Over sshd it is a real SIGKILL of a real process.
- _connection cut_: before a command of the host has begun, or after it has taken effect and before its answer is heard. Over
  sshd the TCP connection is torn, before a command or as its answer arrives.
- _session killed_: the process of sshd that serves the connection gets a SIGKILL.
- _host rebooted_: every process of the session is killed, and the lock file is of an earlier boot.
- _second operator_: another run tries to begin at every operation, on the host itself and over the connection.
- _disk full_: the file system of the target, of its own, becomes full as the step begins and stays so.
- _S3 cut_: a real gateway (Ceph RGW) is cut off as the step begins, or in the middle of a ranged read, and refuses every connection
  from then on. It is asked again a few times, and then no more.
- _object deleted meanwhile_, _damaged object_: in that bucket, as the step begins, or while it is read. What was read before is proved
  already: it may end in the new state.
- _wrong key_: of another cluster, or a key that turns out to be wrong at an entry.

What is _said_ is the code of the error; _killed_: nobody was there to hear it; _none_: everything had been done and read
back, and the run says so.

_By the next run_: the run could not bring the target to an end itself, for it was dead or cut off; whoever restores, rolls
back or plans there next finds its journal and finishes or undoes it first, over SSH and on the host alike.`,
  runbooks: `Each action of a runbook meets the fault the first time that it is asked for; then the run is gone on with, by a new process
where the old one is dead, as an operator would. The hosts are real OpenSSH servers with programs that write down what they are
told. KI-3: both masters of kiok have lost their disks. CH-4: chango is restored, by Holdfast (version 1) or by its own tool
(version 2). KS-7: a node of kiseki builds its metadata anew. AR-2: the tables of armada are restored, over gRPC, without SSH.
KD-2: the database of kindling goes back to a moment, by a real pgBackRest over a real PostgreSQL. X-2: a good backup is looked
for; nothing is changed.

- _desktop killed before_, _after_: the request is in the journal, and nothing was done; or all of it was.
- _SSH cut_: the processes of sshd are killed while a command of the action runs, its first one or its last one.
- _host rebooted_: after the action every process on every host is killed, and units that are enabled start where nothing holds them
  back; a run of its own for each action that is tried. One in which a boot starts what the run has stopped counts as _between_.
- _disk full_: of the hosts, while the action is done. Where a run cannot go on after it, the actions that it has not come to meet
  the fault in another run.
- _S3 cut_: of a real gateway, while a step reads the bucket, checks too.
- _second operator_: the same runbook is begun here, and its lock is asked for by another desk, before the action is done.

_What the run says then_ is where the step stands: \`unknown\` is looked at before anything else, and what the look _found_ decides.
A step that ended before the fault says \`done\`. _Sent twice_ counts what the programs of the lab were told although it had been
done. Waits are cut to 30 s here. What was started on a full disk and is waited for in vain is taken back and started again, as the
step says. Where a run _could not go on_ by itself it said why, and was taken back as far as its steps allow.`,
}

export function pageOf(made: Readonly<Partial<Record<Section, string>>>, earlier: string): string {
  const sections = (['restores', 'runbooks'] as const).map((name) => {
    const table = made[name]
    return table === undefined ? sectionOf(earlier, name) : `${titles[name]}\n\n${about[name]}\n\n${table}\n`
  })
  return [head, ...sections].join('\n')
}

export function sectionOf(page: string, name: Section): string {
  const start = page.indexOf(titles[name])
  if (start === -1) return ''
  const end = page.indexOf('\n## ', start + 1)
  return page.slice(start, end === -1 ? undefined : end)
}

/** The rows of a section's table, as their cells. */
export function rowsOf(page: string, name: Section): readonly (readonly string[])[] {
  return sectionOf(page, name)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .slice(1)
    .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim())) // prettier-ignore
}
