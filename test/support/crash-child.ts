import { readFileSync } from 'node:fs'

/**
 * Loaded into a program before its own modules: at SIGUSR2 an error is thrown that nobody catches, with every text of a
 * file in all places where an SDK leaves what it sent.
 */
process.on('SIGUSR2', () => {
  const texts: readonly string[] = JSON.parse(readFileSync(process.env['CRASH_WITH'] ?? '', 'utf8'))
  const said = texts.join(' and ')
  const answered = Object.assign(new Error(`The server said: ${said}`), {
    $response: { headers: { 'x-amz-security-token': said, authorization: `Bearer ${said}` } },
  })
  throw Object.assign(new Error(`It broke: ${said}`, { cause: answered }), { request: { body: said, texts } })
})
