import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { canHavePolicy, underPolicyText, whyNoPolicy } from '../../support/policy-here.ts'
import { installation, type Json } from './desk-commands.ts'
import { kiokFolder, type RepositoryFixture } from './fixture.ts'
import { temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
const here = installation(home)
const policy = {
  schema: 1,
  settings: { autoLockMinutes: 5 },
  leastMode: 'protected',
  refuse: ['plainHttp'],
}

describe.skipIf(!canHavePolicy)(`What the administrator has locked${whyNoPolicy}`, () => {
  const startedBy = canHavePolicy ? underPolicyText(join(home, 'etc'), JSON.stringify(policy)) : []
  let kiok: RepositoryFixture
  beforeAll(async () => {
    kiok = await kiokFolder(home, 'repository')
    await here.run(['settings', 'set', '--lock-after', '60'])
    await here.run(['clusters', 'add', 'before', ...kiok.flags])
  })
  const modeOf = async (name: string): Promise<unknown> =>
    (await here.json(['clusters', 'list'], { startedBy })).value.clusters.find(
      (each: Json) => each.name === name,
    ).mode

  test('is told, with who says so, and counts over what was chosen', async () => {
    const { value } = await here.json(['settings', 'show'], { startedBy })
    expect(value).toMatchObject({
      settings: { autoLockMinutes: 5 },
      policy: { file: '/etc/holdfast/policy.json', locked: ['autoLockMinutes'], leastMode: 'protected' },
    })
    const { stdout } = await here.run(['settings', 'show'], { startedBy })
    expect(stdout).toContain('The administrator of this machine has written in /etc/holdfast/policy.json:')
    expect(stdout).toContain('  Fixed: after how long a sealed file locks\n')
    expect(stdout).toContain('  Each cluster is at least protected')
    expect(await modeOf('before')).toBe('protected')
    // Without the file everything is as it was chosen.
    expect((await here.json(['settings', 'show'])).value).toMatchObject({
      settings: { autoLockMinutes: 60 },
      policy: null,
    })
  })

  test.each([
    ['a locked setting', ['settings', 'set', '--lock-after', '60']],
    ['a kind that guards less', ['clusters', 'edit', 'before', '--mode', 'normal', '--reason', 'I want to.']],
    [
      'a bucket over http:',
      [
        'backups',
        '--repository',
        's3://backups?endpoint=http://192.0.2.1',
        '--system',
        'kiok',
        '--allow-http',
      ],
    ],
  ])('refuses %s', async (_what, args) => {
    const env = { AWS_ACCESS_KEY_ID: 'AKLAB', AWS_SECRET_ACCESS_KEY: 'of nothing' }
    const { status, value } = await here.json(args, { startedBy, env })
    expect([status, value.error.code]).toEqual([2, 'policy.refused'])
    expect(JSON.stringify(value)).toContain('/etc/holdfast/policy.json')
  })

  test('makes a new cluster, and one that is imported, at least what it has to be', async () => {
    await here.run(['clusters', 'add', 'after', ...kiok.flags], { startedBy })
    expect(await modeOf('after')).toBe('protected')
    const setup = join(home, 'setup.json')
    await here.run(['clusters', 'add', 'taken', ...kiok.flags])
    await here.run(['settings', 'export', '--to', setup])
    await here.run(['clusters', 'remove', 'taken', '--confirm', 'taken'])
    const { value } = await here.json(['settings', 'import', setup], { startedBy })
    const fateOf = (name: string): unknown => value.plan.rows.find((row: Json) => row.name === name).fate
    expect([fateOf('before'), fateOf('taken'), fateOf('Settings')]).toEqual(['same', 'add', 'same'])
    const apply = [
      'settings',
      'import',
      setup,
      '--apply',
      '--plan',
      value.plan.hash,
      '--reason',
      'As it was.',
    ]
    expect((await here.run(apply, { startedBy })).status).toBe(0)
    expect(await modeOf('taken')).toBe('protected')
  })

  test('is not passed over where it cannot be read; a recovery that names its repository does not wait for it', async () => {
    const broken = underPolicyText(join(home, 'broken'), '{"schema": 1, "leastMode": "safe"}')
    const refused = await here.json(['settings', 'show'], { startedBy: broken })
    expect(refused).toMatchObject({ status: 4, value: { error: { code: 'policy.broken' } } })
    const list = await here.run(['backups', ...kiok.flags], { startedBy: broken })
    expect(list.status).toBe(0)
    writeFileSync(join(home, 'key'), 'a master key of at least thirty-two characters', { mode: 0o600 })
    const check = ['verify', '--latest', ...kiok.flags, '--master-key-file', join(home, 'key')]
    expect((await here.run(check, { startedBy: broken })).status).toBe(0)
  })
})
