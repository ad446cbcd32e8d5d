import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise } from 'dependency-cruiser'
import { afterAll, expect, test } from 'vitest'
import { rules } from './layer-rules.ts'

const project = mkdtempSync(join(tmpdir(), 'holdfast-layers-'))
afterAll(() => rmSync(project, { recursive: true }))

/** A file that breaks a rule, what it imports, and a part of the rule's name. */
const planted: readonly (readonly [file: string, imported: string, rule: string])[] = [
  ['src/shared/domain/a.ts', 'src/main/engine/x.ts', 'the domain is pure'],
  ['src/shared/domain/b.ts', 'node:fs', 'the domain is pure'],
  ['src/shared/streams/a.ts', 'src/main/ports/x.ts', 'shared runs anywhere'],
  ['src/main/ports/a.ts', 'src/main/engine/x.ts', 'ports know only the domain'],
  ['src/main/engine/a.ts', 'src/main/adapters/s3/x.ts', 'the engine sees ports'],
  ['src/main/engine/b.ts', 'src/main/systems/kiok/x.ts', 'the engine sees ports'],
  ['src/main/systems/kiok/a.ts', 'src/main/systems/chango/x.ts', 'a system sees ports'],
  ['src/main/systems/kiok/b.ts', 'src/main/adapters/s3/x.ts', 'a system sees ports'],
  ['src/main/adapters/s3/a.ts', 'src/main/adapters/folder/x.ts', 'an adapter knows its port'],
  ['src/main/adapters/s3/b.ts', 'src/main/engine/x.ts', 'an adapter knows its port'],
  ['src/main/cli/a.ts', 'src/main/adapters/s3/x.ts', 'only hosts pick adapters'],
  ['src/main/cli/b.ts', 'src/main/hosts/x.ts', 'the command line sees no adapter'],
  ['src/renderer/a.ts', 'src/main/ports/x.ts', 'the window sees only shared code'],
  ['src/main/engine/c.ts', 'test/lab/x.ts', 'the product does not depend on tests'],
]

test('Every layer rule finds what was planted against it, and nothing else', async () => {
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(project, file)), { recursive: true })
    writeFileSync(join(project, file), text)
  }
  for (const [file, imported] of planted) {
    if (imported.startsWith('node:')) {
      write(file, `import ${JSON.stringify(imported)}\n`)
      continue
    }
    write(imported, 'export const x = 1\n')
    write(
      file,
      `import { x } from ${JSON.stringify(`${'../'.repeat(file.split('/').length - 1)}${imported}`)}\nexport const y = x\n`,
    )
  }
  const { output } = await cruise(['src', 'test'], {
    baseDir: project,
    ruleSet: { forbidden: rules },
    validate: true,
  })
  if (typeof output === 'string') throw new Error(output)
  const found = output.summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`)
  for (const [file, , rule] of planted) {
    expect(found).toContainEqual(expect.stringMatching(`^${file}: ${rule}`))
  }
  const files = new Set(planted.map(([file]) => file))
  expect(output.summary.violations.filter(({ from }) => !files.has(from))).toEqual([])
})
