import { expect, test } from 'vitest'
import { createOutput } from '../../../../src/main/cli/output.ts'

function terminal() {
  const written = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof written) => ({
    isTerminal: true,
    columns: 80,
    write: (text: string) => void (written[name] += text),
  })
  const streams = { stdout: stream('stdout'), stderr: stream('stderr') }
  return { written, output: createOutput(streams, { json: false, colours: true }) }
}

test('A style is one only where the command line itself set it', () => {
  const { written, output } = terminal()
  output.line(`${output.style('red', '✘ bad \u001b[32mgood')} \u001b[8mhidden`)
  expect(written.stdout).toBe('\u001b[31m✘ bad \\u001b[32mgood\u001b[39m \\u001b[8mhidden\n')
})

test('What is quoted begins no line, unless it is the result itself', () => {
  const { written, output } = terminal()
  output.line('of\n✔ good')
  output.note('of\n✔ good')
  output.text('{\n\t"a": "\u001b[8m"\n}')
  expect(written).toEqual({
    stdout: 'of\\n✔ good\n{\n\t"a": "\\u001b[8m"\n}\n',
    stderr: 'of\n  ✔ good\n',
  })
})
