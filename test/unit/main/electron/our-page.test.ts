import { expect, test } from 'vitest'
import { externalAddress, isOurPage } from '../../../../src/main/electron/our-page.ts'

test('Only a page of our own scheme and host is ours', () => {
  for (const address of ['app://holdfast/', 'app://holdfast/#/fleet', 'app://holdfast/assets/main.js']) {
    expect([address, isOurPage(address)]).toEqual([address, true])
  }
  for (const address of [
    '',
    'about:blank',
    'app:',
    'app://',
    'app://holdfast.evil/',
    'app://evil/holdfast',
    'app://evil@holdfast/',
    'app://holdfast@evil/',
    'app://holdfast:80/',
    'app:holdfast/',
    'apps://holdfast/',
    'file:///holdfast/index.html',
    'https://holdfast/',
    'javascript:app://holdfast/',
    'data:text/html,app://holdfast/',
    'blob:app://holdfast/1',
    'view-source:app://holdfast/',
  ]) {
    expect([address, isOurPage(address)]).toEqual([address, false])
  }
})

test('A link leaves for the system only as https to a host of the list, written plainly', () => {
  const hosts = new Set(['ok.example'])
  expect(externalAddress('https://ok.example/a?b=c#d', hosts)).toBe('https://ok.example/a?b=c#d')
  for (const address of [
    '',
    'http://ok.example/',
    'https://ok@evil/',
    'https://ok.example@evil.example/',
    'https://user@ok.example/',
    'https://user:pass@ok.example/',
    'https://ok.evil/',
    'https://ok.example.evil/',
    'https://evilok.example/',
    'https://sub.ok.example/',
    'https://ok.example:8443/',
    'https://ok.example./',
    'https://ok.example\\@evil.example/',
    'https:\\\\ok.example/',
    'https:ok.example/',
    ' https://ok.example/',
    'https://ok.example/\0',
    'https://ok.example/ a',
    'https://ok.example/\n',
    'https://оk.example/',
    'file:///etc/passwd',
    'file://ok.example/share/run.desktop',
    'javascript:alert(1)//https://ok.example/',
    'smb://ok.example/share',
    'ms-msdt:/id',
    'data:text/html,https://ok.example/',
    'app://holdfast/',
  ]) {
    expect([address, externalAddress(address, hosts)]).toEqual([address, null])
  }
  expect(externalAddress('https://ok.example/', new Set())).toBe(null)
})
