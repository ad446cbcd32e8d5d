/** What the window shows until it can show backups: where the same work is done today. */
export function Welcome() {
  return (
    <>
      <h1>Holdfast</h1>
      <p>
        Proving and restoring backups is done from the command line: run <code>holdfast --help</code> in a
        terminal.
      </p>
    </>
  )
}
