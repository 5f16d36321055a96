/** LiteLLM's words, which people and tools look for. */
export function signInLine(verificationUri: string, userCode: string): string {
  return `Please visit ${verificationUri} and enter code ${userCode} to authenticate.`
}
