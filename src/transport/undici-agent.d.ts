// undici's types speak of its main entry only; this is the one file of it that is used directly.

declare module 'undici/lib/dispatcher/agent.js' {
  export { Agent as default } from 'undici'
}
