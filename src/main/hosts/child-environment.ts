/** Names of variables that hold a secret, or tell where a program finds one. */
const secretName = /key|token|secret|passw|passphrase|credential|authori[sz]ation/i

/**
 * The environment for a program that is not ours, such as the operator's browser: without what is a secret of this process.
 * Every program of the account can read it for as long as that one runs.
 */
export function childEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secretName.test(name)))
}
