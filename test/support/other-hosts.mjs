// Loaded before a program of the tests: the calls of its fetch to the hosts in TEST_HOSTS (JSON, origin → origin) go to stand-ins, as if these were the hosts.

const hosts = JSON.parse(process.env.TEST_HOSTS ?? '{}')
const fetchItself = globalThis.fetch

globalThis.fetch = (input, init) => {
  const url = new URL(typeof input === 'string' ? input : (input.url ?? input.href))
  const standIn = hosts[url.origin]
  if (standIn === undefined) return fetchItself(input, init)
  const there = standIn + url.pathname + url.search
  return fetchItself(input instanceof Request ? new Request(there, input) : there, init)
}
